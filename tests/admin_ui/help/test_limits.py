"""What the gate cannot do is read from how it is set up, so it changes when that does."""

from __future__ import annotations

from appliance.policy.model import Ownership
from appliance.policy.subjects import Device
from appliance.store import devices, web_settings
from tests.admin_ui.conftest import School


def test_the_standing_limits_are_said(school: School) -> None:
    page = school.nobody().get("/help/limits").text
    for word in ("The gate is the school’s DNS server, not its router", "mobile data",
                 "accredited filter", "DoH", "own certificate", "no real-time analysis",
                 "the search engine’s own", "Internet Watch Foundation",
                 "no screens, no keystrokes"):  # fmt: skip
        assert word in page, word


def test_figures_are_the_snapshots(school: School) -> None:
    contents = school.app.extensions["gate"].view().snapshot.contents
    page = school.nobody().get("/help/limits").text
    assert f"{len(contents.never_inspect)} names are never read" in page
    assert f"under {len(contents.steerable)} names" in page
    assert "barclays.co.uk" in page
    assert contents.networks, "the demonstration school has networks"
    for network in contents.networks:
        assert (network.name in page) is not network.trusts_ca


def test_a_new_device_changes_the_figures(school: School) -> None:
    before = len(school.app.extensions["gate"].view().snapshot.contents.devices)
    with school.store.session() as session:
        devices.add(session, Device(id="pc1", name="PC 1", macs=("00:11:22:33:44:55",),
                                    ownership=Ownership.SCHOOL, trusts_ca=True))  # fmt: skip
    school.publish()
    assert f"Devices registered: {before + 1}" in school.nobody().get("/help/limits").text


def test_the_accredited_filter_is_named_or_missed(school: School) -> None:
    assert "has not yet written down" in school.nobody().get("/help/limits").text
    with school.store.session() as session:
        web_settings.put(session, "upstream_filter", {"name": "SchoolGuard <b>", "behind": True})
    page = school.nobody().get("/help/limits").text
    assert "stands behind <strong>SchoolGuard &lt;b&gt;</strong>" in page
