"""How it is known who used a device: in the log, on the device's page, and in explanations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from admin_ui.sign_in_here.known_by import REGISTER, known_by
from appliance import clock
from appliance.accounts.posts import Post
from appliance.cli.signed_in import SignedIn as Told
from appliance.policy.subjects import Device
from appliance.store import devices, sign_ins
from appliance.store.sign_ins import PORTAL, RADIUS, SignedIn
from tests.admin_ui.conftest import School
from tests.admin_ui.log.conftest import fill

MAC, OTHER = "00:16:3e:00:00:01", "00:16:3e:00:00:02"
HOUR = timedelta(hours=1)


def begin(school: School, how: str, at: datetime, mac: str = MAC, *addresses: str) -> None:
    new = SignedIn(person="t-larch", how=how, by="staff", mac=mac, addresses=addresses, starts=at,
                   ends=at + HOUR)  # fmt: skip
    with school.store.session() as session:
        sign_ins.begin(session, new)
    (school.data / "run").mkdir(exist_ok=True)
    Told(school.data / "run").tell(school.store)


@pytest.mark.parametrize(
    ("how", "mac", "addresses", "asked_mac", "asked", "wanted"),
    [
        (PORTAL, MAC, (), MAC, "10.9.0.7", "Signed in on this device"),
        (RADIUS, MAC, (), MAC, "fd00:9::7", "By the school’s Wi-Fi"),
        (RADIUS, MAC, ("10.9.0.7",), "", "10.9.0.7", "By the school’s Wi-Fi"),
        (PORTAL, "", ("10.9.0.7",), "", "10.9.0.7", "Signed in on this device"),
        (PORTAL, MAC, ("10.9.0.7",), "", "10.9.0.7", REGISTER),
        (PORTAL, MAC, (), OTHER, "10.9.0.7", REGISTER),
        (PORTAL, "", ("10.9.0.7",), OTHER, "10.9.0.7", REGISTER),
    ],
)
def test_it_is_what_the_faces_went_by(
    wifi: School, how: str, mac: str, addresses: tuple[str, ...], asked_mac: str, asked: str,
    wanted: str,
) -> None:  # fmt: skip
    at = clock.real()
    begin(wifi, how, at, mac, *addresses)
    with wifi.store.reading() as session:
        assert known_by(session, "t-larch", at, mac=asked_mac, address=asked) == wanted
        assert known_by(session, "sam", at, mac=asked_mac, address=asked) == REGISTER
        assert known_by(session, "t-larch", at + HOUR, mac=asked_mac, address=asked) == REGISTER
        assert known_by(session, "", at, mac=asked_mac, address=asked) == ""


def test_a_devices_page_says_who_uses_it_now(wifi: School) -> None:
    with wifi.store.session() as session:
        devices.add(session, Device(id="cart", name="Cart", macs=(MAC,), addresses=("10.9.0.9",)))
    wifi.publish()
    web = wifi.client(Post.IT_TECHNICIAN)
    assert "used by" not in web.get("/devices/id/cart").text
    begin(wifi, RADIUS, clock.real(), MAC, "10.9.0.9")
    assert "used by T. Larch (by the school’s Wi-Fi)" in web.get("/devices/id/cart").text


def test_an_attempt_says_how_its_person_is_known(make_school: Callable[..., School]) -> None:
    log = fill(make_school())
    path, web = f"/log/attempt/{log.ids['pupil']}", log.school.client(Post.DSL)
    assert REGISTER in web.get(path).text
    start = log.now - HOUR / 2
    new = SignedIn(person="sam", how=RADIUS, by="sam", mac="02:00:00:00:00:05", starts=start,
                   ends=start + HOUR)  # fmt: skip
    with log.school.store.session() as session:
        sign_ins.begin(session, new)
    assert "By the school’s Wi-Fi" in web.get(path).text
    assert REGISTER not in web.get(f"/log/attempt/{log.ids['visitor']}").text
