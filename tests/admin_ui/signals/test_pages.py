"""Signs as readers see them: by name, by pseudonym, not at all; what is said of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.store.account_tables import AccountRow
from tests.admin_ui.conftest import School
from tests.admin_ui.log.conftest import HIDDEN, PUPIL, TEACHER, Log, fill, log, log_of

__all__ = ["log", "log_of"]  # fixtures, by name

AROUND: dict[str, Any] = {
    "reason": "circumvention", "service": "", "category": "", "url": "", "clause": "7.2",
}  # fmt: skip


def vpn(of: Callable[..., Any], *hosts: str) -> list[Any]:
    """Return names of VPNs that somebody asked for, an hour apart."""
    return [
        of(host, 60 * n + 5, **{**AROUND, "category": "vpn"}) for n, host in enumerate(hosts, 1)
    ]


def tried(of: Callable[..., Any], port: int, minutes: int) -> Any:
    more = {"signal": "vpn_port", "evidence": f"Tried UDP port {port} of 192.0.2.{port % 200}"}
    return of(f"192.0.2.{port % 200}", minutes, **{**AROUND, **more})


@pytest.fixture
def signs(log: Log) -> Log:
    """Give the pupil signs that are likely, and the teacher some that are worth a look."""
    log.write(
        *vpn(log.pupil, "nordvpn.com", "protonvpn.com", "<b>evil</b>.example"),
        tried(log.pupil, 51820, 10), tried(log.pupil, 1194, 100),
        *vpn(log.teacher, "nordvpn.com", "protonvpn.com", "mullvad.net"),
    )  # fmt: skip
    return log


def refs(web: FlaskClient, query: str = "") -> list[str]:
    return re.findall(r'href="/signals/([0-9a-f]+)"', web.get(f"/signals{query}").text)


def test_who_waits_is_shown_with_reasons_what_weighs_most_first(signs: Log) -> None:
    web = signs.school.client(Post.DSL)
    page = web.get("/signals").text
    assert page.index(PUPIL) < page.index(TEACHER)
    assert "Likely" in page
    assert "Worth a look" in page
    assert "Asked for a VPN by name: 3 times on 3 occasions" in page
    assert "Tried a port of VPNs and tunnels: twice on 2 occasions" in page
    assert "<b>evil" not in page


def test_one_client_has_reasons_meanings_evidence_and_a_way_to_a_sanction(signs: Log) -> None:
    web = signs.school.client(Post.DSL)
    page = web.get(f"/signals/{refs(web)[0]}").text
    assert "Tried UDP port 51820 of 192.0.2.20" in page
    assert "Asked for nordvpn.com" in page
    assert "A VPN carries everything to somewhere else" in page
    assert "&lt;b&gt;evil" in page
    assert 'href="http' not in page.partition("<main")[2].partition("</main")[0]
    assert "/sanctions/new?person=sam&amp;from=signal" in page
    assert page.count("/log/attempt/") == 5


def test_every_look_at_names_is_written_down(signs: Log) -> None:
    web = signs.school.client(Post.DSL)
    web.get(f"/signals/{refs(web)[0]}")
    rows = [(row.subject, row.detail["what"], row.detail["rows"])
            for row in signs.entries("log.looked")]  # fmt: skip
    assert rows == [("", "signals", 2), ("person:sam", "signal", 5)]


def test_the_technician_sees_pseudonyms_and_nothing_of_staff(signs: Log) -> None:
    web = signs.school.client(Post.IT_TECHNICIAN)
    page = web.get("/signals").text
    (ref,) = refs(web)
    one = web.get(f"/signals/{ref}").text
    for text in (page, one):
        assert re.search(r"Pupil [0-9A-F]{6}", text)
        assert "10.1.x.x" in text
        for hidden in (*HIDDEN, PUPIL, "10.1.0.5", "02:00:00:00:00:05", "class-pc", "Class PC"):
            assert hidden not in text
        assert "/log/person" not in text
        assert "/log/attempt" not in text
        assert "Say what it is" not in text
        assert "/sanctions/new" not in text
    assert signs.entries("log.looked") == []
    assert web.get(f"/signals/{ref}/ruling").status_code == 403
    assert web.post(f"/signals/{ref}/ruling/withdraw").status_code == 403


def test_an_address_of_a_page_tells_no_pseudonym_apart_from_week_to_week(signs: Log) -> None:
    (mine,) = refs(signs.school.client(Post.IT_TECHNICIAN))
    assert mine not in refs(signs.school.client(Post.DSL))
    assert signs.school.client(Post.DSL).get(f"/signals/{mine}").status_code == 404


@pytest.mark.parametrize("post", [Post.STAFF, Post.GOVERNOR, Post.AUDITOR])
def test_it_is_not_open_to_others(signs: Log, post: Post) -> None:
    assert signs.school.client(post).get("/signals").status_code == 403
    assert "/signals" not in signs.school.client(post).get("/home").text


def test_whom_the_policy_does_not_name_sees_nothing(signs: Log) -> None:
    page = signs.school.client(Post.SLT).get("/signals").text
    assert "The policy does not open the log to you" in page
    assert PUPIL not in page


@pytest.mark.parametrize("ref", ["0" * 20, "sam", "é", "x" * 500])
def test_who_is_not_there_is_not_found(signs: Log, ref: str) -> None:
    assert signs.school.client(Post.DSL).get(f"/signals/{ref}").status_code == 404


def test_seen_to_it_waits_no_more_until_there_is_more(signs: Log) -> None:
    web = signs.school.client(Post.DSL)
    ref = refs(web)[0]
    page = web.get(f"/signals/{ref}/ruling").text
    assert "I have seen to it" in page
    done = web.post(f"/signals/{ref}/ruling", data={"said": "seen", "note": "We talked"})
    assert (done.status_code, done.location) == (303, "/signals")
    assert ref not in refs(web)
    decided = web.get("/signals?show=decided").text
    assert "We talked" in decided
    assert PUPIL in decided
    (entry,) = signs.entries("signal.seen")
    assert (entry.subject, entry.reason) == ("person:sam", "We talked")
    signs.write(*(tried(signs.pupil, port, -30 * n) for n, port in ((1, 500), (2, 4501))))
    assert ref in refs(web)
    page = web.get(f"/signals/{ref}").text
    assert "Since that was said" in page
    assert "All of it" in page


def test_a_false_alarm_needs_a_reason_and_has_an_end(signs: Log) -> None:
    web = signs.school.client(Post.DSL)
    ref = refs(web)[0]
    refused = web.post(f"/signals/{ref}/ruling", data={"said": "week", "note": " x "})
    assert "Say why it is a false alarm" in refused.text
    assert ref in refs(web)
    data = {"said": "week", "note": "The speech therapist’s app"}
    assert web.post(f"/signals/{ref}/ruling", data=data).status_code == 303
    assert ref not in refs(web)
    signs.write(tried(signs.pupil, 500, -30), tried(signs.pupil, 501, -90))
    assert ref not in refs(web)  # the same kinds
    signs.write(signs.pupil("t.example", -30, **{**AROUND, "signal": "dns_tunnel"}))
    assert ref in refs(web)  # another kind is news
    (entry,) = signs.entries("signal.false_alarm")
    assert entry.detail["kinds"] == ["vpn_name", "vpn_port"]
    assert entry.detail["until"]


@pytest.mark.parametrize("said", ["", "for ever"])
def test_what_was_not_chosen_is_asked_for_and_nothing_typed_is_lost(signs: Log, said: str) -> None:
    web = signs.school.client(Post.DSL)
    ref = refs(web)[0]
    page = web.post(f"/signals/{ref}/ruling", data={"said": said, "note": "typed before"}).text
    assert "There is a problem" in page
    assert "typed before" in page
    assert ref in refs(web)


def test_what_somebody_else_said_meanwhile_is_shown_first(signs: Log) -> None:
    web, head = signs.school.client(Post.DSL), signs.school.client(Post.HEADTEACHER)
    ref = refs(web)[0]
    head.post(f"/signals/{ref}/ruling", data={"said": "seen", "note": "Mine"})
    page = web.post(f"/signals/{ref}/ruling", data={"said": "week", "note": "My own words"}).text
    assert "Somebody else has said something" in page
    assert "My own words" in page
    assert "Mine" in page
    assert len(signs.entries("signal.seen", "signal.false_alarm")) == 1


def test_what_was_said_can_be_taken_back(signs: Log) -> None:
    web = signs.school.client(Post.DSL)
    ref = refs(web)[0]
    web.post(f"/signals/{ref}/ruling", data={"said": "seen"})
    assert web.post(f"/signals/{ref}/ruling/withdraw").status_code == 303
    assert ref in refs(web)
    web.post(f"/signals/{ref}/ruling/withdraw")
    assert "taken that back already" in web.get("/signals").text
    assert len(signs.entries("signal.withdrawn")) == 1


def test_nobody_rules_on_their_own_signs(signs: Log) -> None:
    with signs.school.store.session() as session:
        row = session.get(AccountRow, signs.school.accounts[Post.STAFF].id)
        own = session.get(AccountRow, signs.school.accounts[Post.DSL].id)
        assert row is not None
        assert own is not None
        row.person, own.person = None, "ann.t"
    web = signs.school.client(Post.DSL)
    ref = refs(web)[1]
    page = web.get(f"/signals/{ref}").text
    assert "These signs are your own" in page
    assert web.get(f"/signals/{ref}/ruling").status_code == 403
    assert web.post(f"/signals/{ref}/ruling", data={"said": "seen"}).status_code == 403


def test_where_the_policy_asks_for_a_reason_it_comes_first(log_of: Callable[[str], Log]) -> None:
    signs = log_of("daffodil-prep")
    signs.write(*vpn(signs.pupil, "a.example", "b.example", "c.example"))
    web = signs.school.client(Post.DSL)
    (ref,) = refs(web)
    owed = web.get(f"/signals/{ref}")
    assert owed.status_code == 303
    assert owed.location == f"/log/why/person/sam?next=/signals/{ref}"
    assert web.get(f"/signals/{ref}/ruling").status_code == 403
    given = web.post(
        owed.location, data={"reason": "A parent has written", "next": f"/signals/{ref}"}
    )
    assert given.location == f"/signals/{ref}"
    assert web.get(f"/signals/{ref}").status_code == 200


def test_the_home_page_counts_and_names_nobody(signs: Log) -> None:
    for post, said in ((Post.DSL, "gate, 1 of them likely"), (Post.IT_TECHNICIAN, "1 of them")):
        page = signs.school.client(post).get("/home").text
        assert said in page
        assert PUPIL not in page


def test_nothing_to_look_at_is_said(school: School) -> None:
    signs = fill(school)
    assert "Nobody shows signs" in school.client(Post.DSL).get("/signals").text
    assert signs.entries("log.looked") == []
    assert "Signs of ways round" not in school.client(Post.DSL).get("/home").text


def test_signs_of_the_future_break_nothing(signs: Log) -> None:
    signs.write(tried(signs.pupil, 500, -60 * 24 * 30))
    assert signs.school.client(Post.DSL).get("/signals").status_code == 200


def test_the_log_says_what_was_seen(signs: Log) -> None:
    (made,) = signs.write(tried(signs.pupil, 1195, 20))
    web = signs.school.client(Post.DSL)
    said = "Tried a port of VPNs and tunnels: Tried UDP port 1195 of 192.0.2.195"
    assert said in web.get(f"/log/attempt/{made}").text
    assert said in web.get("/log?reason=circumvention&noise=1").text
    assert said in web.get("/log/export/csv?reason=circumvention&noise=1").text
    assert "/log?reason=circumvention&amp;noise=1" in web.get("/home").text


@pytest.mark.parametrize(
    ("more", "way"),
    [
        ({"device": "teacher-laptop"}, "/sanctions/new?device=teacher-laptop&amp;from=signal"),
        ({"device": ""}, "/sanctions/new?device=02:00:00:00:00:05&amp;from=signal"),
        ({"device": "gone-from-the-register"}, None),
        ({"device": "", "mac": ""}, None),
        ({"person": "gone"}, None),
    ],
)
def test_the_way_to_a_sanction_leads_to_somebody_who_is_there(
    log: Log, more: dict[str, str], way: str | None
) -> None:
    def of(host: str, minutes: int, **values: Any) -> Any:
        return log.pupil(host, minutes, **{"person": "", **values, **more})

    log.write(*vpn(of, "a.example", "b.example", "c.example"))
    web = log.school.client(Post.DSL)
    (ref,) = refs(web)
    page = web.get(f"/signals/{ref}").text
    assert way in page if way else "/sanctions/new" not in page
    assert way is None or web.get(way.replace("&amp;", "&")).status_code == 200
