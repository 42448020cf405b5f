"""The five templates against the clause tables of the policies, through the engine itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Action, Grant, Ownership, Reason, Verdict
from appliance.policy.plan import DnsPlan, plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client
from appliance.policy_file import TEMPLATES, advice, build, prose, template
from appliance.policy_file.demo import demo_school
from appliance.policy_file.parsing import subject, target

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
DM, DP, PP, DT, CC = TEMPLATES
TIMES = {
    "before": "08:00", "lesson": "09:00", "break": "10:40", "lunch": "12:30", "after": "16:00",
    "closed": "20:00",
}  # fmt: skip
WHO = {
    "pupil": "127.0.10.5", "staff": "127.0.20.5", "visitor": "127.0.30.5", "wifi": "127.0.40.5",
}  # fmt: skip
EDIT = "https://en.wikipedia.org/w/index.php?title=Bell&action=edit"
SAVE = "https://cy.m.wikipedia.org/w/api.php"
PAGE = "https://www.facebook.com/DaffodilPreparatorySchool"


@cache
def snapshot(name: str) -> Snapshot:
    built = build.contents(template(name), version=1, built_at=datetime(2026, 11, 1, tzinfo=UTC))
    return Snapshot(demo_school(built))


def client(who: str, snap: Snapshot) -> Client:
    """A role of the demo school; ``on-school`` and ``on-personal`` change whose device it is."""
    role, _, more = who.partition(" ")
    found = snap.register.resolve(WHO[role])
    if more == "manager":
        return replace(found, groups=frozenset({"social_media_managers"}))
    return replace(found, ownership=Ownership(more)) if more else found


def ask(
    name: str, who: str, what: str, when: str, grants: tuple[Grant, ...] = (), method: str = "GET"
) -> Verdict:
    snap = snapshot(name)
    if grants:
        snap = Snapshot(replace(snap.contents, grants=snap.contents.grants + grants))
    return decide(query(snap, who, what, when, method), snap)


def query(snap: Snapshot, who: str, what: str, when: str, method: str = "GET") -> Query:
    url = urls.parse(what) if "://" in what else None
    host = url.host if url else what
    return Query(client(who, snap), host, instant(when), url, method)


def instant(when: str, day: date = MONDAY) -> datetime:
    hour, minute = map(int, TIMES.get(when, when).split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def granted(what: str, who: str) -> tuple[Grant, ...]:
    start = instant("closed") - timedelta(days=2)
    end = start + timedelta(days=9)
    return (Grant(id="G", subject=subject(who), target=target(what), start=start, end=end),)


# template, who, what, when (several), action, clause
TRUTH = [
    # 7.1: Facebook and Instagram, every role, every period, with or without the Wi-Fi permission
    *[(DM, who, what, " ".join(TIMES), "block", "7.1")
      for who in (*WHO, "staff school", "visitor school")
      for what in ("facebook.com", "scontent.xx.fbcdn.net", "www.instagram.com")],
    # 5.7 to 5.10: staff
    (DM, "wifi", "x.com", "lesson", "block", "5.7"),
    (DM, "staff", "x.com", "lesson", "block", "5.7"),
    (DM, "staff school", "x.com", "lesson", "block", "5.7"),
    (DM, "staff school", "x.com", "before break lunch after closed", "block", "5.8"),
    (DM, "wifi school", "x.com", "before break lunch after closed", "block", "5.8"),
    (DM, "wifi", "x.com", "before break lunch after", "allow", "5.9"),
    (DM, "wifi", "x.com", "closed", "block", "5.10"),
    (DM, "staff", "x.com", "before break lunch after closed", "block", "5.10"),
    # Facebook's siblings are social media like any other
    (DM, "wifi", "messenger.com", "break", "allow", "5.9"),
    (DM, "wifi", "www.threads.net", "break", "allow", "5.9"),
    # 3.1: each of its sub-categories
    *[(DM, "wifi", what, "lesson", "block", "5.7")
      for what in ("someone.wordpress.com", "netmums.com", "youtube.com", "twitter.com",
                   "whatsapp.com", "linkedin.com")],
    # 6.1, 6.8: pupils
    (DM, "pupil", "tiktok.com", "lesson", "block", "6.1"),
    (DM, "pupil", "tiktok.com", "before break lunch after closed", "block", "6.8"),
    # 6.9: parents and visitors
    (DM, "visitor", "youtube.com", " ".join(TIMES), "block", "6.9"),
    (DM, "visitor school", "youtube.com", " ".join(TIMES), "block", "6.9"),
    # 7.2: ways round the gate
    *[(DM, who, what, "lesson break closed", "block", "7.2")
      for who in WHO for what in ("dns.google", "nordvpn.com", "croxyproxy.com", "torproject.org")],
    # What the policy does not speak of
    *[(DM, who, what, "lesson break", "allow", "")
      for who in WHO for what in ("bbc.co.uk", "en.wikipedia.org", "google.com", EDIT)],

    # DP 2: everything social; 3: reading open, posting closed
    *[(DP, who, what, " ".join(TIMES), "block", "2")
      for who in WHO for what in ("facebook.com", "chat.google.com", "podcasts.apple.com",
                                  "x.com", "reddit.com", "flickr.com", "discord.com")],
    *[(DP, who, "https://en.wikipedia.org/wiki/Bell", "lesson break closed", "allow", "3")
      for who in WHO],
    *[(DP, who, EDIT, "lesson break closed", "block", "3") for who in WHO],
    *[(DP, who, what, "lesson break", "block", "3")
      for who in WHO for what in ("disqus.com", "discussion.theguardian.com")],
    *[(DP, who, "www.theguardian.com", "lesson break", "allow", "") for who in WHO],
    # 27, 28: professional networking
    (DP, "staff", "www.linkedin.com", " ".join(TIMES), "allow", "27"),
    (DP, "pupil", "www.linkedin.com", "lesson break", "block", "2"),
    (DP, "visitor", "www.linkedin.com", "lesson break", "block", "2"),
    # 47 to 54: official pages
    (DP, "staff manager", f"{PAGE}/posts", "lesson break", "allow", "47"),
    (DP, "staff manager", f"{PAGE}Evil", "lesson break", "block", "2"),
    (DP, "staff", PAGE, "lesson break", "block", "2"),
    # 51: personal devices and the school's mail
    (DP, "staff", "mail.daffodil-prep.example", "lesson closed", "block", "51"),
    (DP, "staff school", "mail.daffodil-prep.example", "lesson closed", "allow", ""),

    # PP key principles: nobody, never
    *[(PP, who, what, " ".join(TIMES), "block", "Key principles")
      for who in (*WHO, "staff school")
      for what in ("facebook.com", "x.com", "youtube.com", "linkedin.com", "tumblr.com")],

    # DT 6.13: working hours; 6.11: Wikipedia; 2.3: what is social media
    *[(DT, "staff", what, "lesson break", "block", "6.13")
      for what in ("facebook.com", "discord.com", "podcasts.apple.com", "del.icio.us",
                   "flickr.com", "youtube.com")],
    (DT, "staff", "facebook.com", "before lunch after closed", "allow", "8.1"),
    (DT, "pupil", "facebook.com", " ".join(TIMES), "block", "2.1"),
    (DT, "visitor", "facebook.com", " ".join(TIMES), "block", "2.1"),
    *[(DT, who, "https://en.wikipedia.org/wiki/Bell", " ".join(TIMES), "allow", "6.11")
      for who in WHO],
    *[(DT, who, EDIT, " ".join(TIMES), "block", "6.11") for who in WHO],
    *[(DT, who, "https://de.m.wikipedia.org/w/index.php?action=submit", "lesson lunch", "block",
       "6.11") for who in WHO],

    # CC: staff may, all others may not; games with social elements are social media
    *[(CC, "staff", what, " ".join(TIMES), "allow", "Personal use")
      for what in ("facebook.com", "linkedin.com", "youtube.com", "minecraft.net")],
    *[(CC, who, what, " ".join(TIMES), "block", "Intro")
      for who in ("pupil", "visitor")
      for what in ("facebook.com", "linkedin.com", "minecraft.net", "worldofwarcraft.com")],
]  # fmt: skip


@pytest.mark.parametrize(("name", "who", "what", "when", "action", "clause"), TRUTH)
def test_the_table(name: str, who: str, what: str, when: str, action: str, clause: str) -> None:
    for time in when.split():
        verdict = ask(name, who, what, time)
        assert (verdict.action, verdict.clause) == (action, clause), time


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", [DP, DT])
def test_saving_an_edit_by_the_api_is_editing(name: str, who: str) -> None:
    assert ask(name, who, SAVE, "lunch", method="POST").action is Action.BLOCK
    assert ask(name, who, SAVE, "lunch", method="GET").action is Action.ALLOW


@pytest.mark.parametrize(
    ("name", "who", "what", "opens"),
    [
        (DM, "staff", "service:facebook", True),  # 7.1: only a grant opens them
        (DM, "pupil", "service:facebook", True),
        (DM, "visitor", "service:facebook", False),  # 6.9: on a personal device none does
        (DM, "visitor school", "service:facebook", True),
        (DM, "visitor", "service:youtube", False),
        (DM, "visitor school", "service:youtube", True),  # 6.9: as 6.8
        (DM, "staff school", "service:youtube", True),  # 5.8
        (DM, "pupil", "category:social_media", True),  # 6.1, 6.8
        (DP, "staff", "category:school_services", True),  # 51
        (PP, "staff", "service:youtube", True),  # professional, authorised
    ],
)
def test_what_a_grant_opens(name: str, who: str, what: str, opens: bool) -> None:
    hosts = {"service:facebook": "facebook.com", "category:school_services":
             "mail.daffodil-prep.example"}  # fmt: skip
    grant = granted(what, f"role:{who.split()[0]}")
    verdict = ask(name, who, hosts.get(what, "youtube.com"), "lesson", grant)
    assert (verdict.action is Action.ALLOW) is opens
    assert (verdict.reason is Reason.GRANT) is opens


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("who", WHO)
def test_helplines_are_open_and_unsuitable_content_is_closed(name: str, who: str) -> None:
    helpline = ask(name, who, "www.childline.org.uk", "lesson")
    assert (helpline.action, helpline.reason, helpline.record) == ("allow", "sanctuary", False)
    snap = snapshot(name)
    adult = replace(
        next(c for c in snap.contents.categories if c.id == "adult"), domains=("adult.example",)
    )
    others = tuple(c for c in snap.contents.categories if c.id != "adult")
    snap = Snapshot(replace(snap.contents, categories=(*others, adult)))
    assert decide(query(snap, who, "adult.example", "closed"), snap).action is Action.BLOCK


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_unclassified_platform_is_treated_as_social_media(name: str) -> None:
    snap = snapshot(name)
    assert "social_media" in snap.catalogue.lineage(("unclassified_social",))


@pytest.mark.parametrize(
    ("who", "host", "dns"),
    [
        ("pupil", "facebook.com", DnsPlan.STEER),  # has the CA: sees the page
        ("visitor", "facebook.com", DnsPlan.REFUSE),  # has not: never a certificate warning
        ("wifi", "x.com", DnsPlan.STEER),  # changes at the bell
        ("pupil", "youtubei.googleapis.com", DnsPlan.REFUSE),  # never inspected, so by name
        ("pupil", "bbc.co.uk", DnsPlan.PASS),
        ("pupil", "childline.org.uk", DnsPlan.PASS),
    ],
)
def test_what_dns_does(who: str, host: str, dns: DnsPlan) -> None:
    snap = snapshot(DM)
    assert plan(query(snap, who, host, "lesson"), snap).dns is dns


CLAUSES = {
    DM: "1.1 3.1 4 5.6 5.7 5.8 5.9 5.10 6.1 6.7 6.8 6.9 7.1 7.2 7.3 7.4 7.5 8.4 8.5 8.6 8.7 8.8 "
        "10.1 10.2 App._A App._B",
    DP: "2 3 18 19 23 24 27 28 37 47 48 49 51 54 61 66 70 71",
    PP: "Key_principles Breaches Access_to_inappropriate_images",
    DT: "2.1 2.3 6.11 6.13 7.1 7.2 7.3 8.1 8.2 9.3 A.3 A.5.4",
    CC: "Intro Behaviour Personal_use Roles:_SLT Monitoring",
}  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_clause_is_there_and_carried_out(name: str) -> None:
    wanted = {clause.replace("_", " ") for clause in CLAUSES[name].split()}
    document = template(name)
    assert wanted <= set(document.clauses)
    assert wanted <= {clause for clause, _, _ in prose.explain(document)}
    assert advice.warnings(document, date(2026, 9, 1)) == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_visitors_have_the_most_restricted_role(name: str) -> None:
    roles = snapshot(name).contents.roles
    assert {role.id for role in roles} == {"pupil", "staff", "visitor"}
    assert max(roles, key=lambda role: role.rank).id == "visitor"


def test_settings_that_differ() -> None:
    documents = {name: template(name) for name in TEMPLATES}
    assert {n for n, d in documents.items() if d.monitoring.justification} == {DP}  # 24, not 8.1
    assert {n for n, d in documents.items() if d.concerns.outcome_needed} == {PP}  # Breaches
    assert {n for n, d in documents.items() if d.requests.due_hours == 24} == {CC}  # Monitoring
    assert {n for n, d in documents.items() if "contractor" in d.concerns.routes} == {DT}  # 9.3
    assert {n for n, d in documents.items() if d.sites} == {DP, DT}  # 18
    assert documents[DP].concerns.tell_at_once == ("headteacher",)  # 19, 37
    assert documents[CC].requests.steps[-1].posts == ("slt",)
    assert documents[DM].requests.steps[-1].posts == ("headteacher",)
    assert all("police" in d.concerns.routes for d in documents.values())


@pytest.mark.parametrize("name", [DM, DT, CC])
def test_rules_about_a_role_are_about_no_other(name: str) -> None:
    """A school that adds a role of its own decides for it; nothing spills over."""
    snap = snapshot(name)
    other = replace(client("staff", snap), role="governor")
    for when in TIMES:
        verdict = decide(Query(other, "x.com", instant(when)), snap)
        assert verdict.reason is Reason.DEFAULT
