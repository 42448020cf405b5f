"""``bellgate permissions``: standing permissions, each in two halves by two people."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance.cli import speaking, times
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.policy.snapshot import Contents

if TYPE_CHECKING:
    from appliance.store.permissions import KeptPermission


@click.group("permissions")
def permissions_command() -> None:
    """Standing permissions, such as the school Wi-Fi for personal accounts of staff.

    One opens nothing until both halves are there: the headteacher permits, and the
    technician marks the controls as applied.
    """


@permissions_command.command("permit")
@click.argument("name")
@click.option("--for", "who", required=True, metavar="WHO", help=speaking.SUBJECT_HELP)
@click.option("--until", "until_text", metavar="WHEN",
              help="`today` or an ISO time.  [default: until revoked]")  # fmt: skip
@click.option("--reason", required=True, help="Why: kept with the permission.")
@data_option
@json_option
def permit(
    name: str, who: str, until_text: str | None, reason: str, data: Path, as_json: bool
) -> None:
    """Put the headteacher's permission NAME on record (the policy says which there are).

    \b
    bellgate permissions permit staff_wifi --for role:staff --reason "Letter of 1 September"
    """
    from appliance.cli import storing
    from appliance.store import permissions

    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        at, contents = storing.moment(snapshot), snapshot.contents
        known = names(contents)
        if name not in known:
            there = ", ".join(known) or "none"
            raise InputError(f"no rule of the policy asks for {name!r}; they ask for: {there}")
        subject = speaking.subject(who, contents)
        end = speaking.until(until_text, subject, at, snapshot) if until_text else None
        kept = permissions.permit(
            session, name, subject, by=storing.author(), start=at, end=end, reason=reason
        )
    _say(kept, contents.calendar.zone, at, as_json=as_json)


@permissions_command.command("controls-applied")
@click.argument("id_", metavar="ID", type=int)
@data_option
@json_option
def controls_applied(id_: int, data: Path, as_json: bool) -> None:
    """Mark the controls of a permission as applied: from now on it holds."""
    from appliance.cli import storing
    from appliance.store import permissions

    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        now, zone = storing.moment(snapshot), snapshot.contents.calendar.zone
        kept = next((kept for kept in permissions.list_(session) if kept.id == id_), None)
        if kept is None:
            raise InputError(f"there is no permission {id_} (`bellgate permissions list`)")
        if not permissions.apply_controls(session, id_, by=storing.author(), at=now):
            end = kept.permission.end
            when = f" on {times.spoken(end, zone)}" if end else ""
            raise InputError(f"permission {id_} ended{when}: it has to be permitted anew")
        kept = next(kept for kept in permissions.list_(session) if kept.id == id_)
    _say(kept, zone, now, as_json=as_json)


@permissions_command.command("revoke")
@click.argument("id_", metavar="ID", type=int)
@data_option
@json_option
def revoke(id_: int, data: Path, as_json: bool) -> None:
    """End a permission now. It stays on record."""
    from appliance.cli import storing
    from appliance.store import permissions

    with storing.opened(data) as session:
        now = storing.moment(storing.contents_now(session))
        if not permissions.withdraw(session, id_, at=now):
            raise InputError(f"there is no permission {id_} that still holds")
    if as_json:
        print_json({"revoked": id_})
        return
    print(f"{id_}: revoked.")


@permissions_command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that have ended, too.")
@data_option
@json_option
def list_(every: bool, data: Path, as_json: bool) -> None:
    """List the permissions and which of their halves are there."""
    from appliance.cli import storing
    from appliance.store import permissions

    with storing.read(data) as session:
        snapshot = storing.contents_now(session)
        now = storing.moment(snapshot)
        found = permissions.list_(session, ended_after=None if every else now)
    zone = snapshot.contents.calendar.zone
    if as_json:
        print_json([fields(kept, zone, now) for kept in found])
        return
    rows = [
        (
            str(kept.id), kept.permission.name,
            f"{kept.permission.subject.kind}:{kept.permission.subject.id}",
            kept.permitted_by or "not yet", kept.controls_by or "not yet",
            f"{times.local(kept.permission.end, zone):%Y-%m-%d %H:%M}"
            if kept.permission.end else "until revoked",
            kept.reason,
        )
        for kept in found
    ]  # fmt: skip
    columns = ("ID", "NAME", "FOR", "PERMITTED BY", "CONTROLS BY", "UNTIL", "REASON")
    print_table(columns, rows, "There are no standing permissions.")


def names(contents: Contents) -> list[str]:
    """Return the permissions that the policy's rules ask for."""
    return sorted({rule.permission for rule in contents.rules if rule.permission})


def fields(kept: KeptPermission, zone: str, at: datetime) -> dict[str, object]:
    """Return a permission as scripts read it. holds: whether it opens anything at ``at``."""
    permission = kept.permission
    begun = permission.start <= at and (permission.end is None or at < permission.end)
    return {
        "id": kept.id, "name": permission.name,
        "for": f"{permission.subject.kind}:{permission.subject.id}",
        "from": times.iso(permission.start, zone), "until": times.iso(permission.end, zone),
        "permitted_by": kept.permitted_by, "controls_by": kept.controls_by,
        "holds": begun and permission.permitted and permission.controls_applied,
        "reason": kept.reason,
    }  # fmt: skip


def _say(kept: KeptPermission, zone: str, at: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json(fields(kept, zone, at))
    elif kept.permission.controls_applied:
        print(f"{kept.id}: {kept.permission.name} holds.")
    else:
        print(f"{kept.id}: permitted. It opens nothing until the technician marks the controls: "
              f"`bellgate permissions controls-applied {kept.id}`.")  # fmt: skip
