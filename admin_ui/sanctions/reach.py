"""What a sanction closes and what it leaves open, said before it holds."""

from __future__ import annotations

from dataclasses import dataclass

from admin_ui.sanctions.sources import Choice
from appliance.policy.model import SubjectKind
from appliance.policy.sanctioned import devices_of
from appliance.policy.snapshot import Contents
from appliance.policy.subjects import is_random_mac


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a sanction on one choice reaches. devices: names. warnings: where it falls short."""

    choice: Choice
    devices: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaysOpen:
    """What no sanction closes. allowed: the policy's short list, with all below each name."""

    helplines: tuple[str, ...]
    allowed: tuple[str, ...]


def stays_open(contents: Contents) -> StaysOpen:
    """Return what stays open under any sanction."""
    helplines = sorted({*contents.sanctuary_domains, *contents.sanctuary_hosts})
    return StaysOpen(tuple(helplines), tuple(sorted(contents.sanction_allow)))


def reach(choice: Choice, contents: Contents) -> Reach:
    """Return what a sanction on one choice would reach."""
    warnings: list[str] = []
    devices: tuple[str, ...] = (choice.name,)
    if choice.subject is not None:
        ids = devices_of(choice.subject, contents)
        named = {device.id: device.name for device in contents.devices}
        devices = tuple(named[id_] for id_ in ids)
        own = [device for device in contents.devices if device.id in ids]
        made_up = [device.name for device in own if any(map(is_random_mac, device.macs))]
        if choice.subject.kind is SubjectKind.PERSON and made_up:
            warnings.append(
                f"{', '.join(made_up)} made up its hardware address and may make up another any "
                "day. The gate then no longer knows it as theirs."
            )
        if choice.subject.kind is SubjectKind.PERSON and not devices:
            warnings.append(
                f"No device is registered as {choice.name}’s, so the gate knows them only where "
                "they sign in to the network by name. Put the sanction on a device too, or ask "
                "the technician to register theirs."
            )
    if choice.random:
        warnings.append(
            f"{choice.name} made up its hardware address and may make up another any day. The "
            "sanction then no longer reaches it. A sanction on the person holds on."
        )
    return Reach(choice=choice, devices=devices, warnings=tuple(warnings))
