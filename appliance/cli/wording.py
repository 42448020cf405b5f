"""The engine's answers in plain words: the same for explain, the live view and the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from appliance.cli import times
from appliance.policy.model import Action, Reason, Verdict
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.spans import ringing_for as ringing_for
from appliance.policy.subjects import Client

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Reason.SANCTUARY: "it helps children: never blocked, never recorded",
        Reason.ILLEGAL: "it is on a list of illegal content, and nobody can open it",
        Reason.BLOCKED_BY_REPORT: "it was blocked after a report",
        Reason.CIRCUMVENTION: "it is a way round the school's filter",
        Reason.SANCTION: "this person or device is under a sanction",
        Reason.GRANT: "a grant opens it",
        Reason.SERVICE_RULE: "a rule names it",
        Reason.CATEGORY_RULE: "a rule names its category",
        Reason.DEFAULT: "no rule speaks of it",
    }
)


def sentence(verdict: Verdict, query: Query, snapshot: Snapshot) -> str:
    """Return the whole answer in one sentence: ``Blocked: Facebook for Pupil ...``."""
    word = "Allowed" if verdict.action is Action.ALLOW else "Blocked"
    at = times.spoken(query.at, snapshot.contents.calendar.zone)
    said = clause(verdict, snapshot)
    ruled = verdict.reason in (Reason.SERVICE_RULE, Reason.CATEGORY_RULE)
    because = verdict.text.rstrip(".") if ruled and verdict.text else REASONS[verdict.reason]
    return (
        f"{word}: {what(verdict, query, snapshot)} for {role_name(query.client.role, snapshot)}"
        f" on {at} ({verdict.period}). {because[0].upper()}{because[1:]}"
        f"{f' ({said})' if said else ''}."
    )


def what(verdict: Verdict, query: Query, snapshot: Snapshot) -> str:
    """Return what is asked for: a service by its name, else the host."""
    service = snapshot.catalogue.services.get(verdict.service or "")
    return f"{service.name} ({query.host})" if service else query.host


def who(client: Client, snapshot: Snapshot) -> str:
    """Return who asks: role, device or address, network, and whose device it is."""
    network = next((n for n in snapshot.contents.networks if n.id == client.network), None)
    words = [client.address, role_name(client.role, snapshot)]
    words += [f"device {client.device_name or client.device}"] if client.device else []
    words += [f"person {client.person}"] if client.person else []
    words += [f"network {network.name}" if network else "no network of the school"]
    if client.registered_as:
        own = role_name(client.registered_as, snapshot)
        words += [f"registered as {own} (the stricter role of this network holds, and no grants)"]
    words += [f"{client.ownership.value} device", "has the CA" if client.trusts_ca else "no CA"]
    return ", ".join(words)


def clause(verdict: Verdict, snapshot: Snapshot) -> str:
    """Return the clause with its policy: ``DM 7.1``; empty where there is none."""
    short = snapshot.contents.policy.short
    if not verdict.clause:
        return ""
    return verdict.clause if verdict.clause.startswith(short) else f"{short} {verdict.clause}"


def role_name(role: str, snapshot: Snapshot) -> str:
    """Return a role's name as the policy gives it."""
    return next((r.name for r in snapshot.contents.roles if r.id == role), role)
