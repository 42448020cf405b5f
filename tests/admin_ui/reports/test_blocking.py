"""One action closes a reported site to every role, at once; undone with a reason it opens again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from admin_ui.reports.targets import key
from appliance import clock
from appliance.accounts.posts import Post
from appliance.attempts.attempt import Layer, Visit, attempt_of
from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Action, Reason, Target, TargetKind
from appliance.policy.plan import DnsPlan, plan
from appliance.policy.situation import Query
from appliance.policy.subjects import Client
from appliance.publish.hold import Holder
from appliance.store import reports
from tests.admin_ui.conftest import School
from tests.admin_ui.reports.conftest import ILLEGAL, ORDINARY

HandIn = Callable[..., str]
SITE = "www.bad.example"
MAY_BLOCK = [Post.E_SAFETY_OFFICER, Post.DSL, Post.DEPUTY_DSL, Post.IT_TECHNICIAN,
             Post.HEADTEACHER, Post.EXECUTIVE_HEAD]  # fmt: skip


def host(name: str) -> str:
    return key(Target(TargetKind.HOST, name))


def part(prefix: str) -> str:
    return key(Target(TargetKind.URL, prefix))


def reasons(school: School, url: str) -> set[tuple[str, Reason]]:
    """What the published snapshot says of a URL, for every role, on school and on own devices."""
    school.publish()
    holder = Holder(school.data / "snapshot")
    holder.refresh()
    snapshot, parsed = holder.snapshot, urls.parse(url)
    return {
        (role.id, decide(Query(Client(address="::", role=role.id, trusts_ca=trusts), parsed.host,
                               clock.real(), parsed), snapshot).reason)
        for role in snapshot.contents.roles
        for trusts in (True, False)
    }  # fmt: skip


def roles(found: set[tuple[str, Reason]], reason: Reason) -> set[str]:
    return {role for role, why in found if why is reason}


def blocks(school: School) -> tuple[str, ...]:
    with school.store.reading() as session:
        return tuple(one.target.id for one in reports.list_(session))


@pytest.mark.parametrize("post", MAY_BLOCK)
def test_a_site_is_closed_to_every_role_and_opens_again(
    school: School, hand_in: HandIn, post: Post
) -> None:
    id_, client = hand_in(), school.client(post)
    before = reasons(school, f"https://{SITE}/anything")
    every = {role for role, _ in before}
    assert not roles(before, Reason.BLOCKED_BY_REPORT)
    assert client.post(f"/reports/{id_}/block", data={"what": host(SITE)}).status_code == 303
    shut = reasons(school, f"https://{SITE}/anything")
    assert roles(shut, Reason.BLOCKED_BY_REPORT) == every
    assert shut == reasons(school, f"http://deep.{SITE}/")
    assert not roles(reasons(school, "https://bad.example/"), Reason.BLOCKED_BY_REPORT)
    undone = client.post(f"/reports/{id_}/blocks/B1/undo", data={"reason": "wrong address"})
    assert undone.status_code == 303
    assert reasons(school, f"https://{SITE}/anything") == before
    assert blocks(school) == ()
    assert "wrong address" in client.get(f"/reports/{id_}").text


@pytest.mark.parametrize("post", [post for post in Post if post not in MAY_BLOCK])
def test_nobody_else_blocks_or_undoes(school: School, hand_in: HandIn, post: Post) -> None:
    id_, client = hand_in(post), school.client(post)
    school.client(Post.DSL).post(f"/reports/{id_}/block", data={"what": host(SITE)})
    assert client.post(f"/reports/{id_}/block", data={"what": host("other.example")}).status_code \
        == 403  # fmt: skip
    assert client.get(f"/reports/{id_}/block").status_code == 403
    undo = client.post(f"/reports/{id_}/blocks/B1/undo", data={"reason": "no"})
    assert undo.status_code == 403
    assert blocks(school) == (SITE,)
    assert "Block the site" not in client.get(f"/reports/{id_}").text


def test_what_will_be_blocked_is_shown_first_by_the_engine(school: School, hand_in: HandIn) -> None:
    id_ = hand_in()
    page = school.client(Post.DSL).get(f"/reports/{id_}/block").text
    assert "This will be blocked" in page
    assert "The whole site www[.]bad[.]example" in page
    assert "for every role, in every period" in page
    for role in school.app.extensions["gate"].view().snapshot.contents.roles:
        assert role.name in page
    assert page.count("<strong>Blocked</strong>") >= 3, "what changes stands out"
    assert "https://www.bad.example" not in page
    assert blocks(school) == (), "a look changes nothing"


def test_only_the_addresses_of_the_report_are_offered(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(), school.client(Post.DSL)
    offered = set(re.findall(r'value="([0-9a-f]{16})"', client.get(f"/reports/{id_}/block").text))
    assert offered == {host(SITE), host("bad.example"), host("other.example")}
    for wanted in ("", "x", host("innocent.example"), host("example"), SITE):
        client.post(f"/reports/{id_}/block", data={"what": wanted})
    assert blocks(school) == ()


def test_a_part_of_a_site_that_is_read_can_be_blocked_alone(
    school: School, hand_in: HandIn
) -> None:
    id_ = hand_in(form={**ORDINARY, "urls": "https://www.reddit.com/r/Bad/comments/1"})
    client, wanted = school.client(Post.DSL), part("www.reddit.com/r/Bad")
    page = client.get(f"/reports/{id_}/block", query_string={"what": wanted}).text
    assert "Only www[.]reddit[.]com/r/Bad and what lies below it" in page
    assert "Reddit" in page.partition("Many may use this")[2]
    assert "lose the whole host" in page
    client.post(f"/reports/{id_}/block", data={"what": wanted})
    every = {role for role, _ in reasons(school, "https://www.reddit.com/")}
    for below in ("/r/Bad", "/r/bad/", "/r/Bad/new?x=1"):
        found = reasons(school, f"https://www.reddit.com{below}")
        assert roles(found, Reason.BLOCKED_BY_REPORT) == every, below
    for beside in ("/", "/r/Badger", "/r/good"):
        found = reasons(school, f"https://www.reddit.com{beside}")
        assert not roles(found, Reason.BLOCKED_BY_REPORT), beside


def test_a_part_of_a_site_that_is_not_read_cannot(school: School, hand_in: HandIn) -> None:
    """Nobody would see its URLs: such a block would say something that is not so."""
    id_, client = hand_in(), school.client(Post.DSL)
    wanted = part("www.bad.example/gallery")
    page = client.get(f"/reports/{id_}/block").text
    assert "can only be blocked as a whole" in page
    client.post(f"/reports/{id_}/block", data={"what": wanted})
    assert blocks(school) == ()
    assert "can only be blocked as a whole" in client.get(f"/reports/{id_}").text


@pytest.mark.parametrize(
    "url", ["https://www.childline.org.uk/x", "https://www.nhs.uk/", "https://police.uk/a",
            "https://takeitdown.ncmec.org/"],
)  # fmt: skip
def test_a_helpline_can_never_be_blocked(school: School, hand_in: HandIn, url: str) -> None:
    id_, client = hand_in(form={**ORDINARY, "urls": url}), school.client(Post.DSL)
    name = urls.parse(url).host
    page = client.get(f"/reports/{id_}/block").text
    assert "It can never be blocked" in page
    client.post(f"/reports/{id_}/block", data={"what": host(name)})
    assert name not in blocks(school)
    assert "can never be blocked" in client.get(f"/reports/{id_}").text
    found = reasons(school, url)
    assert {why for _, why in found} == {Reason.SANCTUARY}


def test_a_block_around_a_helpline_leaves_it_open(school: School, hand_in: HandIn) -> None:
    id_ = hand_in(form={**ORDINARY, "urls": "https://www.ncmec.org/"})
    client, wanted = school.client(Post.DSL), host("ncmec.org")
    page = client.get(f"/reports/{id_}/block", query_string={"what": wanted}).text
    assert "A helpline lies below this name" in page
    client.post(f"/reports/{id_}/block", data={"what": wanted})
    assert {why for _, why in reasons(school, "https://takeitdown.ncmec.org/")} == {
        Reason.SANCTUARY
    }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://www.google.com/", "Devices may stop working"),
        ("https://www.barclays.co.uk/", "Devices may stop working"),
        ("https://www.youtube.com/", "Many may use this"),
    ],
)
def test_what_many_need_is_warned_of(school: School, hand_in: HandIn, url: str, said: str) -> None:
    id_ = hand_in(form={**ORDINARY, "urls": url})
    assert said in school.client(Post.DSL).get(f"/reports/{id_}/block").text


def test_nobody_is_offered_a_whole_country(school: School, hand_in: HandIn) -> None:
    id_ = hand_in(form={**ORDINARY, "urls": "https://www.shop.co.uk/\nhttps://192.0.2.7/x"})
    client = school.client(Post.DSL)
    for wanted in ("co.uk", "uk", "2.7", "0.2.7"):
        client.post(f"/reports/{id_}/block", data={"what": host(wanted)})
    assert blocks(school) == ()
    client.post(f"/reports/{id_}/block", data={"what": host("shop.co.uk")})
    client.post(f"/reports/{id_}/block", data={"what": host("192.0.2.7")})
    assert set(blocks(school)) == {"shop.co.uk", "192.0.2.7"}


def test_a_block_closes_the_name_in_dns(school: School, hand_in: HandIn) -> None:
    school.client(Post.DSL).post(f"/reports/{hand_in()}/block", data={"what": host(SITE)})
    school.publish()
    view = school.app.extensions["gate"].view()
    for role in view.snapshot.contents.roles:
        query = Query(Client(address="::", role=role.id), SITE, view.at)
        assert plan(query, view.snapshot).dns is DnsPlan.REFUSE


def test_nothing_is_blocked_twice(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(), school.client(Post.DSL)
    for _ in range(2):
        client.post(f"/reports/{id_}/block", data={"what": host(SITE)})
    assert blocks(school) == (SITE,)
    assert "blocked already" in client.get(f"/reports/{id_}").text


def test_undoing_needs_a_reason_and_happens_once(school: School, hand_in: HandIn) -> None:
    id_, client = hand_in(), school.client(Post.DSL)
    client.post(f"/reports/{id_}/block", data={"what": host(SITE)})
    undo = f"/reports/{id_}/blocks/B1/undo"
    assert client.post(undo, data={"reason": "  "}).status_code == 422
    assert blocks(school) == (SITE,)
    school.publish()
    assert "<strong>Open</strong>" in client.get(undo).text
    assert client.post(undo, data={"reason": "a mistake"}).status_code == 303
    assert client.post(undo, data={"reason": "again"}).status_code == 303
    assert "undone already" in client.get(f"/reports/{id_}").text
    other = hand_in()
    assert client.get(f"/reports/{other}/blocks/B1/undo").status_code == 404
    assert client.get(f"/reports/{id_}/blocks/B9/undo").status_code == 404


def test_the_page_says_truthfully_whether_it_is_in_force(school: School, hand_in: HandIn) -> None:
    """No gate runs here, so nothing may claim that the block is enforced."""
    id_, client = hand_in(), school.client(Post.DSL)
    client.post(f"/reports/{id_}/block", data={"what": host(SITE)})
    page = client.get(f"/reports/{id_}").text
    assert "has not confirmed it" in page
    assert "enforces it now" not in page


def test_what_may_be_illegal_is_blocked_by_the_leads_alone_without_being_named(
    school: School, hand_in: HandIn
) -> None:
    id_, wanted = hand_in(form=ILLEGAL), host("dreadful.example")
    for post in (Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.E_SAFETY_OFFICER):
        client = school.client(post)
        assert client.post(f"/reports/{id_}/block", data={"what": wanted}).status_code in (403, 404)
    client = school.client(Post.DSL)
    client.post(f"/reports/{id_}/block", data={"what": part("dreadful.example/hidden/page")})
    assert blocks(school) == ()
    client.post(f"/reports/{id_}/block", data={"what": wanted})
    assert blocks(school) == ("dreadful.example",)
    for post in (Post.DSL, Post.E_SAFETY_OFFICER, Post.HEADTEACHER):
        page = school.client(post).get(f"/reports/{id_}").text
        assert "address withheld" in page
        assert "dreadful" not in page
    shut = reasons(school, "https://dreadful.example/hidden/page")
    assert {why for _, why in shut} == {Reason.ILLEGAL}, "so nothing records or shows an address"
    undo = client.get(f"/reports/{id_}/blocks/B1/undo").text
    assert "dreadful" not in undo


def test_attempts_at_a_veiled_block_are_kept_without_an_address(
    school: School, hand_in: HandIn
) -> None:
    id_ = hand_in(form={**ILLEGAL, "urls": "https://www.reddit.com/r/dreadful"})
    school.client(Post.DSL).post(f"/reports/{id_}/block", data={"what": host("www.reddit.com")})
    school.publish()
    view = school.app.extensions["gate"].view()
    parsed = urls.parse("https://www.reddit.com/r/dreadful")
    asked = Query(Client(address="127.0.10.5", role="pupil"), parsed.host, view.at, parsed)
    kept = attempt_of(asked, decide(asked, view.snapshot), Layer.HTTP, Visit.PAGE)
    assert kept is not None
    assert "dreadful" not in repr(kept)


def test_an_allowed_action_is_what_the_engine_answers_before(school: School) -> None:
    """The test above rests on this: an unknown site is open until it is reported."""
    view = school.app.extensions["gate"].view()
    parsed = urls.parse("https://dreadful.example/")
    answers = {
        decide(Query(Client(address="::", role=role.id), parsed.host, view.at, parsed),
               view.snapshot).action
        for role in view.snapshot.contents.roles
    }  # fmt: skip
    assert answers == {Action.ALLOW}
