"""Who and what is on the network, as policy files write it."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from appliance.policy.model import Ownership
from appliance.policy_file.fields import LANGUAGE, Entry, Id, Listed, NameId, NameIds, Text, Truth


def _network(value: Any) -> str:
    try:
        return str(ip_network(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"should be a network like 10.1.0.0/16: {error}") from error


def _address(value: Any) -> str:
    try:
        return str(ip_address(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"should be an address like 10.1.0.5: {error}") from error


def _mac(value: Any) -> str:
    text = str(value).lower().replace("-", ":")
    if not re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", text):
        raise ValueError(f"should be a MAC address like 00:11:22:33:44:55, not {value!r}")
    return text


Prefixes = Annotated[tuple[Annotated[str, BeforeValidator(_network)], ...], Listed]
Addresses = Annotated[tuple[Annotated[str, BeforeValidator(_address)], ...], Listed]
Macs = Annotated[tuple[Annotated[str, BeforeValidator(_mac)], ...], Listed]


class SchoolEntry(Entry):
    """What pages say of where to ask."""

    ask: Text = "a grown-up at school"
    contact: Text | None = None
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en-GB"


class RoleEntry(Entry):
    """A role on the network. The higher its rank, the more restricted."""

    name: Text
    plural: Text | None = Field(default=None, description="For sentences; the name itself if none.")
    rank: Annotated[int, Field(ge=0, le=99)]


class GroupEntry(Entry):
    """A class, year group or staff team; perhaps with bells of its own."""

    name: Text
    timetable: Id | None = None


class NetworkEntry(Entry):
    """A subnet or VLAN and what an unknown device on it counts as.

    mixed: devices of several roles belong on it, so that a registered one keeps its own role.
    """

    name: Text
    prefixes: Prefixes
    role: Id
    groups: NameIds = ()
    ownership: Ownership = Ownership.PERSONAL
    trusts_ca: Truth = False
    mixed: Truth = False


class PersonEntry(Entry):
    """Somebody known by name."""

    name: Text
    role: Id
    groups: NameIds = ()
    site: Id | None = None


class DeviceEntry(Entry):
    """A registered device."""

    name: Text
    macs: Macs = ()
    addresses: Addresses = ()
    ownership: Ownership = Ownership.PERSONAL
    trusts_ca: Truth = False
    person: NameId | None = None
    role: Id | None = None
    groups: NameIds = ()
