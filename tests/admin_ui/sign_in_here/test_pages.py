"""Using the device at hand as oneself: by whom, until when, and what ends it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.support.ui import WebDriverWait

from admin_ui.gate import Gate
from appliance import clock
from appliance.accounts.posts import Post
from appliance.cli.signed_in import SignedIn as Told
from appliance.identity.neighbours import Neighbours
from appliance.identity.sign_ins import SignIns
from appliance.store import accounts, sign_ins
from tests.admin_ui.browser import DESKTOP, PHONE, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import served
from tests.admin_ui.sign_in_here.conftest import ME
from tests.appliance.identity.signed_in import person_of


@pytest.fixture(autouse=True)
def in_force(wifi: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """No core runs here: its part is done when a page waits for it."""
    monkeypatch.setattr(Gate, "in_force", lambda _: tell(wifi))


def tell(school: School) -> bool:
    """Do what the core does when somebody signed in or out."""
    run = school.data / "run"
    run.mkdir(exist_ok=True)
    Told(run).tell(school.store)
    return True


def said(web: FlaskClient, address: str = ME) -> str:
    answer = web.get("/here", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200
    text = re.sub(r"<(head|nav|header|footer)\b.*?</\1>", "", answer.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def send(web: FlaskClient, path: str = "/here", address: str = ME) -> str:
    answer = web.post(path, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 303
    return said(web, address)


def person_at(school: School, address: str = ME) -> str | None:
    """Return who the faces take for the user of an address, when the core has told them."""
    tell(school)
    return person_of(SignIns(school.data / "run"), address, None, clock.real())


def test_a_stranger_is_told_how_and_pupils_that_they_need_none(wifi: School) -> None:
    text = said(wifi.nobody())
    assert "Nobody is known on it" in text
    assert "Pupils have no account here" in text
    assert "It counts as Parent or visitor" in text


def test_a_teacher_uses_the_device_as_themselves_and_stops(wifi: School) -> None:
    web = wifi.client(Post.STAFF)
    assert "Use this device as T. Larch" in said(web)
    assert person_at(wifi) is None
    text = send(web)
    assert "You use this device as yourself until" in text
    assert "T. Larch" in text
    assert "They signed in on this page" in text
    assert person_at(wifi) == "t-larch"
    assert "T. Larch" in said(wifi.nobody())  # whoever holds it sees whose it is
    assert "Nobody is signed in on this device any more" in send(web, "/here/end")
    assert person_at(wifi) is None


def test_whoever_holds_the_device_may_sign_its_user_out(wifi: School) -> None:
    send(wifi.client(Post.STAFF))
    assert "Nobody is signed in on this device any more" in send(wifi.nobody(), "/here/end")
    assert person_at(wifi) is None


def test_nobody_without_an_account_signs_in(wifi: School) -> None:
    assert wifi.nobody().post("/here").status_code == 401
    assert person_at(wifi) is None


def test_an_account_that_is_linked_to_nobody_is_told_so(wifi: School) -> None:
    web = wifi.client(Post.GOVERNOR)
    assert "is not linked to a person" in said(web)
    assert "is not linked to a person" in send(web)
    assert person_at(wifi) is None


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::"])
def test_nobody_signs_in_from_outside_the_schools_networks(wifi: School, address: str) -> None:
    web = wifi.client(Post.STAFF)
    assert "not on one of the school’s networks" in send(web, address=address)
    assert person_at(wifi, address) is None


def test_nobody_signs_in_as_the_gate_itself(wifi: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes by way of the proxy has the gate's own address: no device of anybody's."""
    from admin_ui.sign_in_here import this_device

    monkeypatch.setattr(this_device, "ours", lambda address: address == "10.9.0.1")
    web = wifi.client(Post.STAFF)
    assert "Open it without the proxy" in send(web, address="10.9.0.1")
    assert person_at(wifi, "10.9.0.1") is None
    assert "You use this device as yourself" in send(web, address="10.9.0.2")


def test_a_device_of_somebody_else_is_not_taken(wifi: School) -> None:
    web = wifi.client(Post.STAFF)
    assert "registered to somebody else" in said(web, "10.9.0.7")
    assert "registered to somebody else" in send(web, address="10.9.0.7")
    assert "Sam Oak" in said(web, "10.9.0.7")
    assert person_at(wifi, "10.9.0.7") is None


@pytest.mark.parametrize("address", ["fd00:9::77", "::ffff:10.9.0.77"])
def test_any_family_of_address_will_do(wifi: School, address: str) -> None:
    send(wifi.client(Post.STAFF), address=address)
    assert person_at(wifi, address) == "t-larch"


def test_a_sign_in_on_another_network_does_not_count_and_may_be_made_again(
    wifi: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its MAC it is the same device; but so is any that copied it."""
    monkeypatch.setattr(Neighbours, "mac_of", lambda _, address: "00:16:3e:00:00:01")
    web = wifi.client(Post.STAFF)
    send(web, address="10.9.0.20")  # pupils' network
    tell(wifi)
    assert "Nobody is known on it" not in said(web, "fd00:9::20")
    text = said(web)  # the visitors'
    assert "while it was on another of the school’s networks" in text
    assert "Nobody is known on it" in text
    assert "It counts as Parent or visitor" in text
    assert "You use this device as yourself until" in send(web)
    assert "Nobody is known on it" not in said(web)
    assert [one.addresses for one in _running(wifi)] == [(ME,)]


def test_another_person_takes_the_first_ones_place(wifi: School) -> None:
    with wifi.store.session() as session:
        accounts.set_person(session, wifi.accounts[Post.DSL].id, "sam")
    send(wifi.client(Post.STAFF))
    send(wifi.client(Post.DSL))
    assert person_at(wifi) == "sam"
    with wifi.store.reading() as session:
        assert len(sign_ins.running(session, clock.real())) == 1


def test_one_signs_out_of_other_devices_too_but_not_out_of_others_own(wifi: School) -> None:
    mine = wifi.client(Post.STAFF)
    send(mine, address="10.9.0.20")
    with wifi.store.session() as session:
        accounts.set_person(session, wifi.accounts[Post.DSL].id, "sam")
    (one,) = [o.id for o in _running(wifi)]
    assert "10.9.0.20" in said(mine)
    assert "not signed in on that device" in send(wifi.client(Post.DSL), f"/here/end/{one}")
    assert person_at(wifi, "10.9.0.20") == "t-larch"
    assert "You are signed out of that device" in send(mine, f"/here/end/{one}")
    assert person_at(wifi, "10.9.0.20") is None


def test_nobody_lends_themselves_to_a_whole_class(wifi: School) -> None:
    web = wifi.client(Post.STAFF)
    texts = [send(web, address=f"10.9.0.{20 + n}") for n in range(6)]
    assert ["as yourself until" in text for text in texts] == [True] * 5 + [False]
    assert "on 5 devices already" in texts[-1]
    assert "as yourself until" in send(web, address="10.9.0.20")  # one of them, once more


@pytest.mark.parametrize("how", ["disabled", "unlinked", "relinked"])
def test_a_sign_in_ends_with_what_it_rests_on(wifi: School, how: str) -> None:
    send(wifi.client(Post.STAFF))
    assert person_at(wifi) == "t-larch"
    id_ = wifi.accounts[Post.STAFF].id
    with wifi.store.session() as session:
        if how == "disabled":
            accounts.set_enabled(session, id_, False)
        else:
            accounts.set_person(session, id_, None if how == "unlinked" else "sam")
    assert person_at(wifi) is None


def test_it_ends_by_itself(wifi: School) -> None:
    send(wifi.client(Post.STAFF))
    (one,) = _running(wifi)
    assert timedelta(0) < one.ends - clock.real() <= timedelta(hours=25)
    person_at(wifi)
    run = SignIns(wifi.data / "run")
    assert person_of(run, ME, None, one.ends - timedelta(seconds=1)) == "t-larch"
    assert person_of(run, ME, None, one.ends) is None


def test_each_change_is_in_the_audit_chain(wifi: School) -> None:
    web = wifi.client(Post.STAFF)
    send(web)
    send(wifi.nobody(), "/here/end")
    page = " ".join(wifi.client(Post.AUDITOR).get("/audit").text.split())
    assert "signed in" in page
    assert "signed out" in page
    assert page.count("t-larch") >= 2


def test_without_a_token_nothing_is_done(wifi: School) -> None:
    wifi.app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/here", "/here/end", "/here/end/1"):
        assert wifi.client(Post.STAFF).post(path).status_code == 400
    assert person_at(wifi) is None


@pytest.mark.chromium
def test_it_works_in_a_browser_on_a_phone_and_a_desk(
    wifi: School, browser: Browser, tmp_path: Path
) -> None:
    wifi.app.config["WTF_CSRF_ENABLED"] = True
    with served(wifi.app) as site:
        browser.at(site)
        for size, name in ((PHONE, "phone"), (DESKTOP, "desktop")):
            browser.size(size)
            browser.sign_in_as(wifi.client(Post.STAFF))
            browser.open("/here")
            browser.picture(tmp_path / f"before-{name}.png", whole=True)
            browser.press("Use this device as T. Larch")
            _read(browser, "You use this device as yourself")
            browser.picture(tmp_path / f"after-{name}.png", whole=True)
            browser.press("Sign yourself out of this device")
            _read(browser, "Nobody is signed in on this device any more")
        assert browser.complaints() == []


def _read(browser: Browser, words: str) -> None:
    WebDriverWait(browser.driver, 30, ignored_exceptions=[StaleElementReferenceException]).until(
        lambda _: words in browser.text()
    )


def _running(school: School) -> tuple[sign_ins.SignedIn, ...]:
    with school.store.reading() as session:
        return sign_ins.running(session, clock.real())
