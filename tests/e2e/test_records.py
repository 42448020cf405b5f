"""What is written down, what never is, and how soon a change in the store is enforced."""

from __future__ import annotations

import pytest

from appliance.policy.model import Target, TargetKind
from tests.e2e import school
from tests.e2e.gate import Gate
from tests.e2e.lab import GATE4, Lab
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces
FIELDS = {
    "at", "last", "layer", "visit", "address", "host", "verdict", "reason", "rule", "clause",
    "role", "period", "period_name", "mac", "device", "device_name", "person", "groups", "network",
    "url", "method", "search", "service", "category", "count",
}  # fmt: skip


def test_a_blocked_page_is_written_down_with_every_field(gate: Gate, lab: Lab) -> None:
    lab.pupil.curl("https://www.instagram.com/someone?token=secret", "-4")
    row = gate.attempt_on("www.instagram.com")
    assert set(row) >= FIELDS
    found = until(
        lambda: [r for r in gate.attempts() if r["host"] == "www.instagram.com" and r["url"]],
        "the page is written down",
    )[0]
    assert found["url"] == "https://www.instagram.com/someone"  # the query may hold secrets
    assert (found["address"], found["role"]) == (lab.pupil.address4, "pupil")
    assert found["mac"].startswith("00:16:3e")
    assert (found["verdict"], found["layer"], found["method"]) == ("block", "http", "GET")
    assert (found["reason"], found["clause"]) == ("service_rule", "7.1")
    assert (found["period"], found["network"]) == ("break", "classrooms")
    assert found["service"] == "instagram"
    assert found["at"].startswith("2026-11-23T10:3")


def test_a_refused_name_is_written_down(gate: Gate, lab: Lab) -> None:
    lab.visitor.dig("facebook.com")
    row = gate.attempt_on("facebook.com")
    assert (row["layer"], row["role"], row["verdict"]) == ("dns", "visitor", "block")


def test_an_allowed_visit_is_written_down(gate: Gate, lab: Lab) -> None:
    assert lab.staff.curl("https://x.com/").from_origin
    assert gate.attempt_on("x.com", "--verdict", "allow")["role"] == "staff"


def test_helplines_are_open_and_never_written_down(gate: Gate, lab: Lab) -> None:
    host = "www.childline.org.uk"
    for client in (lab.pupil, lab.staff, lab.visitor):
        assert client.dig(host).status == "NOERROR"
        assert client.curl(f"https://{host}/get-help").from_origin
        through = client.curl(f"https://{host}/", "--proxy", f"http://{GATE4}:3128")
        assert through.from_origin, through.error
    # What came later has arrived, so what came earlier would have, too.
    lab.visitor.dig("m.facebook.com")
    gate.attempt_on("m.facebook.com")
    assert not [row for row in gate.attempts() if "childline" in str(row)]
    spooled = b"".join(path.read_bytes() for path in (gate.data / "spool").rglob("*.*"))
    assert b"childline" not in spooled
    assert "childline" not in gate.logs()


def test_a_change_in_the_store_is_enforced_by_every_face_within_a_second(
    gate: Gate, lab: Lab
) -> None:
    assert lab.visitor.dig("plain.example.com").status == "NOERROR"
    assert lab.pupil.curl("https://plain.example.com/").from_origin
    target = Target(TargetKind.HOST, "plain.example.com")
    took = gate.change(lambda session: school.report(session, target))
    assert took < 1.0
    assert lab.visitor.dig("plain.example.com").status == "NXDOMAIN"
    proxied = lab.pupil.curl("http://plain.example.com/", "--proxy", f"http://{GATE4}:3128")
    assert proxied.status == 403


def test_the_explicit_proxy_decides(gate: Gate, lab: Lab) -> None:
    gate.start("web")
    page = f"http://{GATE4}:8000/proxy.pac"
    until(lambda: lab.pupil.curl(page).status == 200, "the PAC file is served")
    assert f"PROXY {GATE4}:3128" in lab.pupil.curl(page).body
    through = ("--proxy", f"http://{GATE4}:3128")
    assert lab.pupil.curl("https://www.facebook.com/", *through).status == 403
    assert lab.pupil.curl("http://www.facebook.com/", *through).status == 403
    assert lab.pupil.curl("https://www.bbc.co.uk/", *through).from_origin
    assert lab.staff.curl("https://x.com/", *through).from_origin
    refused = lab.visitor.curl("https://www.facebook.com/", *through)
    assert refused.status in (0, 403)
    assert "certificate" not in refused.error


def test_a_registered_device_is_known_by_its_mac(gate: Gate, lab: Lab) -> None:
    mac = lab.pupil.machine.ip("-br", "link", "show", "eth0").split()[2]
    gate.change(lambda session: school.register(session, "laptop-7", "Laptop 7", mac))
    lab.pupil.dig("m.facebook.com")
    row = until(
        lambda: [r for r in gate.attempts() if r["device"] == "laptop-7"], "the device is named"
    )[0]
    assert (row["device_name"], row["mac"]) == ("Laptop 7", mac)
