"""Signs of ways round the gate that only the proxy sees, as attempts with their evidence.

Of clients that the policy watches alone; nothing of sanctuary or of the illegal class; nothing
of the self-test. Nothing is refused here: what carries a sign was refused before, or broke off.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from appliance.attempts.attempt import Layer, signal_attempt
from appliance.circumvention.signals import Signal
from appliance.policy.model import Action, Reason
from appliance.policy.names import within
from appliance.policy.urls import BadUrlError, split_authority
from proxy_addons.connections import Connection
from proxy_addons.gate import Gate

SITES: Final = 3  # that a device must refuse us for: one may be an app that trusts its own alone
LEAST: Final = timedelta(minutes=2)  # from the first refusal to the last
KEPT: Final = 2048  # devices


def named_otherwise(gate: Gate, link: Connection, named: tuple[str, ...]) -> None:
    """Take down that a request, or the TLS inside a tunnel, names another host than its link.

    A browser that uses one connection for two names of one site, both open to it, is no sign
    (RFC 9113 section 9.1.1): it is answered 421 and comes again by itself.
    """
    hosts = [host for host in (link.bound or "", *map(_host, named)) if host]
    other = next((host for host in hosts[1:] if host != hosts[0]), None)
    if other is None or not _watched(gate, link):
        return
    opened = hosts[0]
    _, plan = gate.judge.plan(link, other)
    _, begun = gate.judge.plan(link, opened)
    if begun.verdict.reason in (Reason.SANCTUARY, Reason.ILLEGAL):
        return
    if plan.verdict.action is Action.ALLOW and _one_site(other, opened):
        return
    evidence = f"The connection was opened for {opened}, the request inside it named {other}"
    _tell(gate, link, Signal.SNI_MISMATCH, other, evidence)


def by_address(gate: Gate, link: Connection, named: tuple[str, ...]) -> None:
    """Take down that a page was asked for by an address, where only closed or read sites are."""
    host = next(filter(None, map(_host, named)), "")
    if host and _watched(gate, link):
        evidence = f"Asked for a page at {host} by that address, where a site is that has a name"
        _tell(gate, link, Signal.UNANSWERED, host, evidence)


@dataclass(slots=True)
class _Device:
    believed: bool = False
    since: datetime | None = None
    sites: set[str] = field(default_factory=set)
    told: date | None = None


class LostTrust:
    """Devices that believed the school's certificate and do not any more.

    One that never believed it (a visitor's phone, a device nobody has set up) is no sign; an app
    that believes only its own is none either, while anything else on the device believes ours.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._devices: dict[str, _Device] = {}

    def believed(self, link: Connection) -> None:
        """A handshake with our certificate came to its end."""
        device = self._of(link)
        device.believed, device.since = True, None
        device.sites.clear()

    def refused(self, link: Connection, *, before: bool) -> None:
        """A handshake was broken off over our certificate. before: it is known to have believed."""
        device = self._of(link)
        device.believed = device.believed or before
        if not device.believed or not _watched(self._gate, link):
            return
        now = self._gate.judge.now().at
        device.since = device.since or now
        if len(device.sites) < SITES:
            device.sites.add(link.answered)
        enough = len(device.sites) >= SITES and now - device.since >= LEAST
        if not enough or device.told == now.date():
            return
        device.told = now.date()
        evidence = (
            f"Refused the school’s certificate for {SITES} sites or more, one after another; it "
            "had accepted it before"
        )
        _tell(self._gate, link, Signal.CERTIFICATE, link.answered, evidence)

    def _of(self, link: Connection) -> _Device:
        key = link.client.device or link.client.mac or link.address
        found = self._devices.pop(key, None) or _Device()
        if len(self._devices) >= KEPT:
            self._devices.pop(next(iter(self._devices)))
        self._devices[key] = found  # the latest stands last
        return found


def _tell(gate: Gate, link: Connection, signal: Signal, host: str, evidence: str) -> None:
    query, plan = gate.judge.plan(link, host)
    attempt = signal_attempt(
        query, replace(plan.verdict, action=Action.BLOCK), Layer.TLS, signal=signal.value,
        evidence=evidence, clause=gate.contents.circumvention_clause,
    )  # fmt: skip
    if attempt is not None:
        gate.attempts.sign(attempt)


def _watched(gate: Gate, link: Connection) -> bool:
    return not link.unseen and link.client.role in gate.contents.circumvention_roles


def _one_site(one: str, other: str) -> bool:
    """Whether two hosts are names of one site: one is below the other, or beside it."""
    return any(within(a, _around(b)) for a, b in ((one, other), (other, one)))


def _around(host: str) -> str:
    parent = host.partition(".")[2]
    return parent if "." in parent else host


def _host(authority: str) -> str:
    try:
        return split_authority(authority, 443)[0]
    except BadUrlError:
        return ""
