"""What this gate cannot do, from how it is really set up now (standards FM-07, FM-21, FM-22)."""

from __future__ import annotations

from dataclasses import dataclass

from admin_ui.gate import StoreAwayError, View, gate
from admin_ui.lists import listing
from appliance.policy.model import CategoryClass
from appliance.status.running import announced
from appliance.store import web_settings

UPSTREAM = "upstream_filter"  # of web_settings, put by the set-up


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures and names that the page of limits speaks of.

    unread_networks: where nothing is decrypted. evading_roles: whose ways round are open.
    lists: names of the lists in use; None where the database cannot be asked. gateway: whether
    the gate is the school's router. managed: whether every post's pages open from
    the management network only.
    """

    never_read: tuple[str, ...]
    readable: int
    unread_networks: tuple[str, ...]
    read_devices: int
    devices: int
    evading_roles: tuple[str, ...]
    illegal_categories: tuple[str, ...]
    lists: tuple[str, ...] | None
    upstream: str
    gateway: bool
    managed: bool


def found(view: View) -> Limits:
    """Return the limits of the gate as it is enforced now."""
    c = view.snapshot.contents
    illegal = CategoryClass.ILLEGAL
    names, upstream = _stored()
    return Limits(
        never_read=tuple(sorted(c.never_inspect)), readable=len(c.steerable),
        unread_networks=tuple(one.name for one in c.networks if not one.trusts_ca),
        read_devices=sum(one.trusts_ca for one in c.devices), devices=len(c.devices),
        evading_roles=tuple(r.name for r in c.roles if r.id not in c.circumvention_roles),
        illegal_categories=tuple(one.name for one in c.categories if one.kind is illegal),
        lists=names, upstream=upstream, gateway=gateway_mode(),
        managed=bool(gate().settings.manage),
    )  # fmt: skip


def gateway_mode() -> bool:
    """Whether the gate that runs on this machine is the school's router; False: not, or none."""
    running = announced(gate().settings.data)
    return running is not None and running.gateway


def _stored() -> tuple[tuple[str, ...] | None, str]:
    try:
        with gate().reading() as session:
            names = tuple(o.name for o in listing.every(session) if o.enabled and o.kept)
            return names, str(web_settings.get(session, UPSTREAM).get("name", ""))
    except StoreAwayError:
        return None, ""
