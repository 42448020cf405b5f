"""The school on the test bed: its networks, its permission, its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.cli.places import Places, Ports
from appliance.policy.model import (
    Grant,
    Ownership,
    ReportedBlock,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.policy.subjects import Device, Network
from appliance.publish.publisher import Publisher
from appliance.store import devices, grants, networks, permissions, policies, reports, settings
from appliance.store.session import open_store
from tests.e2e.gate import Gate, offset_to
from tests.e2e.lab import GATE4, GATE6

BREAK: Final = "10:35:00"
NETWORKS: Final = (
    Network(id="classrooms", name="Classrooms", prefixes=("10.10.0.0/24", "fd00:10::/64"),
            role="pupil", ownership=Ownership.SCHOOL, trusts_ca=True),
    Network(id="staff-wifi", name="Staff Wi-Fi", prefixes=("10.20.0.0/24", "fd00:20::/64"),
            role="staff", ownership=Ownership.PERSONAL, trusts_ca=True),
    Network(id="guests", name="Guests", prefixes=("10.30.0.0/24", "fd00:30::/64"),
            role="visitor", ownership=Ownership.PERSONAL),
)  # fmt: skip
STAFF_WIFI: Final = Subject(SubjectKind.NETWORK, "staff-wifi")
TERM: Final = datetime(2026, 9, 1, tzinfo=UTC)


def prepare(gate: Gate, template: str) -> None:
    """Set the school up and publish it, as the first start does."""
    places = Places(gate.data)
    places.make()
    places.announce(Ports(listen=GATE4, dns=53, http=80, https=443, proxy=3128, web=8000))
    now = datetime.now(UTC)
    store = open_store(places.database)
    try:
        with store.session() as session:
            set_policy(session, policy_file.template_text(template))
            settings.put(session, "steer_ipv4", [GATE4])
            settings.put(session, "steer_ipv6", [GATE6])
            settings.put(session, "clock_offset", offset_to(BREAK))
            for network in NETWORKS:
                networks.add(session, network)
            kept = permissions.permit(session, "staff_wifi", STAFF_WIFI, by="head", start=TERM)
            permissions.apply_controls(session, kept.id, by="technician")
        Publisher(store, places.snapshot).publish(now)
    finally:
        store.close()


def grant_url(session: Session, prefix: str, role: str) -> None:
    """Open one page of a site to a role for the day."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    grant = Grant(
        id="", subject=Subject(SubjectKind.ROLE, role), target=Target(TargetKind.URL, prefix),
        start=start, end=start + timedelta(days=1), text="the school's own page",
    )  # fmt: skip
    grants.add(session, grant, author="head", reason="the school's own page", at=start)


def report(session: Session, target: Target) -> None:
    """Block something for everybody, as after a report."""
    reports.block(session, ReportedBlock(id="", target=target, start=TERM), author="dsl")


def register(session: Session, id_: str, name: str, mac: str) -> None:
    """Register a school laptop by its network card."""
    device = Device(
        id=id_, name=name, macs=(mac,), ownership=Ownership.SCHOOL, trusts_ca=True, role="pupil"
    )
    devices.add(session, device)


def withdraw_wifi(session: Session) -> None:
    """The headteacher takes the staff's permission back."""
    (kept,) = permissions.list_(session)
    permissions.withdraw(session, kept.id, at=TERM)


def set_policy(session: Session, text: str) -> None:
    """Put a policy file in force."""
    policies.set_policy(session, text, "test bed", "technician", "test", datetime.now(UTC))


def policy(template: str, more: str = "") -> str:
    """Return a template's text with more sections."""
    return policy_file.template_text(template) + "\n" + more
