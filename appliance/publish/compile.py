"""From the store to the contents of a snapshot: the policy file, and what the school added.

Where both name the same thing (a network, a person), the store's holds. A grant or sanction
that ended is kept for five weeks, so that last Tuesday can still be explained.

A role that the policy in force does not know would match no rule, and so be let everywhere:
whatever has one counts as the policy's most restrictive role.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy.orm import Session

from appliance.policy.address_plan import AddressPlan
from appliance.policy.snapshot import Contents, School
from appliance.policy.subjects import Device, Network, Person
from appliance.store import (
    address_plans,
    calendar,
    devices,
    grants,
    networks,
    people,
    permissions,
    reports,
    sanctions,
    settings,
    supervision,
)
from appliance.store.known import vocabulary

KEPT_ENDED: Final = timedelta(days=35)


class NoPolicyError(ValueError):
    """The store holds no policy yet, so there is nothing to enforce."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_Named)
_Placed = TypeVar("_Placed", Network, Person, Device)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something with a role that the policy in force does not know. kind: ``network`` ..."""

    kind: str
    name: str
    role: str
    counts_as: str


def compile_contents(
    session: Session, version: int, built_at: datetime, policy: Contents | None = None
) -> Contents:
    """Return the contents that the store asks for; policy: with another than that in force.

    Raises:
        NoPolicyError: no policy was ever put in force.
        policy_file.PolicyFileError: this program does not accept the policy (any more).
    """
    policy = vocabulary(session) if policy is None else policy
    if policy is None:
        raise NoPolicyError("no policy is in force yet")
    own = _settings(settings.every(session), policy)
    # Ended by the gate's own time, which a rehearsal may have set back.
    earliest = built_at + timedelta(seconds=min(0.0, own["clock_offset"]))
    return replace(
        policy,
        version=version,
        built_at=built_at,
        groups=_both(people.groups(session), policy.groups),
        people=_fitted(_people(session, policy), policy),
        devices=_fitted(_devices(session, policy), policy),
        networks=_fitted(_networks(session, policy), policy),
        calendar=calendar.applied(session, policy.calendar),
        address_plans=_handed_out(session, policy),
        **_timed(session, policy, earliest - KEPT_ENDED),
        **own,
    )


def misfits(session: Session) -> tuple[Misfit, ...]:
    """Return the networks, people and devices whose role the policy in force does not know.

    Raises:
        NoPolicyError: no policy was ever put in force.
        policy_file.PolicyFileError: this program does not accept the policy (any more).
    """
    policy = vocabulary(session)
    if policy is None:
        raise NoPolicyError("no policy is in force yet")
    strictest = _strictest(policy)
    placed: tuple[tuple[str, Iterable[Network | Person | Device]], ...] = (
        ("network", _networks(session, policy)),
        ("person", _people(session, policy)),
        ("device", _devices(session, policy)),
    )
    return tuple(
        Misfit(kind, one.name, one.role, strictest)
        for kind, every in placed
        for one in every
        if one.role is not None and not _knows(policy, one.role)
    )


def _networks(session: Session, policy: Contents) -> tuple[Network, ...]:
    return _both(networks.list_(session), policy.networks)


def _people(session: Session, policy: Contents) -> tuple[Person, ...]:
    return _both(people.people(session), policy.people)


def _devices(session: Session, policy: Contents) -> tuple[Device, ...]:
    return _both(devices.list_(session), policy.devices)


def _fitted(every: Iterable[_Placed], policy: Contents) -> tuple[_Placed, ...]:
    """Fails closed: an unknown role becomes the most restrictive one. None stays none."""
    strictest = _strictest(policy)
    return tuple(
        one if one.role is None or _knows(policy, one.role) else replace(one, role=strictest)
        for one in every
    )


def _knows(policy: Contents, role: str) -> bool:
    return any(known.id == role for known in policy.roles)


def _strictest(policy: Contents) -> str:
    return max(policy.roles, key=lambda role: role.rank).id


def _handed_out(session: Session, policy: Contents) -> tuple[AddressPlan, ...]:
    """Return the plans that still fit: a network may have gone, or have other prefixes now."""
    prefixes = {one.id: one.prefixes for one in _networks(session, policy)}
    return tuple(
        plan
        for plan in address_plans.list_(session)
        if plan.prefix in prefixes.get(plan.network, ())
    )


def _timed(session: Session, policy: Contents, since: datetime) -> dict[str, Any]:
    held = permissions.list_(session, ended_after=since)
    return {
        "grants": _both((k.grant for k in grants.list_(session, ended_after=since)), policy.grants),
        "sanctions": _both(sanctions.list_(session, ended_after=since), policy.sanctions),
        "supervised": (*supervision.supervised(session, ended_after=since), *policy.supervised),
        "permissions": (*(kept.permission for kept in held), *policy.permissions),
        "reported": _both(reports.list_(session), policy.reported),
    }


def _settings(own: dict[str, Any], policy: Contents) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if own.get("school"):
        filled = {key: text for key, text in own["school"].items() if text}
        chosen["school"] = replace(policy.school or School(), **filled)
    for key in ("steer_ipv4", "steer_ipv6"):
        if key in own:
            chosen[key] = tuple(own[key])
    chosen["forwarders"] = tuple(own.get("forwarders", ()))
    if own.get("local_domains"):
        both = (*own["local_domains"], *policy.local_domains)
        chosen["local_domains"] = tuple(dict.fromkeys(both))
    chosen["clock_offset"] = float(own.get("clock_offset", policy.clock_offset))
    need = own.get("need_synchronised_clock", policy.need_synchronised_clock)
    chosen["need_synchronised_clock"] = bool(need)
    return chosen


def _both(own: Iterable[_Thing], policys: Iterable[_Thing]) -> tuple[_Thing, ...]:
    found = {one.id: one for one in policys}
    found.update({one.id: one for one in own})
    return tuple(found.values())
