"""The annotated example: every section is in it, and each rule does what its comment says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from appliance.cli import main
from appliance.policy import urls
from appliance.policy.engine import decide
from appliance.policy.model import Verdict
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy_file import EXAMPLE, TEMPLATES, PolicyDocument, build, load, template_text

LONDON = ZoneInfo("Europe/London")
WHO = {
    "pupil": ("10.1.0.5", None), "staff": ("10.2.0.5", None), "jo": ("10.2.0.9", None),
    "3B": ("10.1.0.6", "00:00:5e:00:53:01"),
}  # fmt: skip
PAGE, POST = "https://www.facebook.com/ExampleSchool", "https://board.example/new"


@cache
def document() -> PolicyDocument:
    return load(template_text(EXAMPLE), "example.yaml")


@cache
def snapshot() -> Snapshot:
    built = datetime(2026, 11, 1, tzinfo=UTC)
    return Snapshot(build.contents(document(), version=1, built_at=built))


def ask(who: str, what: str, when: str, method: str = "GET") -> Verdict:
    at = datetime.fromisoformat(when).replace(tzinfo=LONDON)
    url = urls.parse(what) if "://" in what else None
    client = snapshot().register.resolve(*WHO[who])
    host = url.host if url else what
    return decide(Query(client, host, at, url, method), snapshot())


LESSON, LUNCH, STORY = "2026-11-24T10:00", "2026-11-24T12:30", "2026-11-24T14:30"
EVENING, ART, PUNISHED = "2026-11-24T20:00", "2026-11-23T13:30", "2026-12-08T10:00"

# rule, grant or sanction (or why, for what the engine does by itself), who, what, when, action
TRUTH = [
    *[("pupils", "pupil", what, when, "block")
      for what in ("facebook.com", "mumsnet.com", "youtube.com", "clubs.example")
      for when in (LESSON, LUNCH, EVENING)],
    ("staff", "staff", "facebook.com", LESSON, "block"),
    ("staff", "staff", "facebook.com", LUNCH, "block"),  # the permission is one person's alone
    ("staff", "jo", "facebook.com", LESSON, "block"),
    ("staff-break", "jo", "facebook.com", LUNCH, "allow"),
    ("no-snapchat", "jo", "snapchat.com", LUNCH, "block"),
    ("no-snapchat", "pupil", "snapchat.com", LESSON, "block"),
    ("story", "3B", "games.example", STORY, "block"),
    ("default", "3B", "games.example", LESSON, "allow"),
    ("default", "pupil", "games.example", STORY, "allow"),
    ("default", "pupil", "board.example", LESSON, "allow"),
    ("art", "3B", "flickr.com", ART, "allow"),
    ("pupils", "3B", "flickr.com", LESSON, "block"),
    ("pupils", "pupil", "flickr.com", ART, "block"),
    ("our-page", "jo", PAGE, LESSON, "allow"),
    ("staff", "staff", PAGE, LESSON, "block"),
    ("staff", "jo", "https://www.facebook.com/Other", LESSON, "block"),
    ("pad-1-week", "3B", "bbc.co.uk", PUNISHED, "block"),
    ("default", "3B", "bbc.co.uk", LESSON, "allow"),
    ("default", "staff", "bbc.co.uk", PUNISHED, "allow"),
    ("circumvention", "staff", "nordvpn.com", LUNCH, "block"),
    ("sanctuary", "3B", "www.helpline.example", PUNISHED, "allow"),
    # Early close: that day has no lunch.
    ("staff", "jo", "facebook.com", "2026-12-18T12:30", "block"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "who", "what", "when", "action"), TRUTH)
def test_what_the_example_does(why: str, who: str, what: str, when: str, action: str) -> None:
    found = ask(who, what, when)
    assert found.action == action, found
    assert why in (found.rule, found.reason), found


def test_posting_is_closed_and_reading_open() -> None:
    assert (ask("staff", POST, LESSON, "POST").action, ask("staff", POST, LESSON).action) == (
        "block", "allow",
    )  # fmt: skip


def test_the_allow_list_of_a_sanction_is_open() -> None:
    assert ask("3B", "homework.example", PUNISHED).action == "allow"


def test_every_rule_grant_and_sanction_is_in_the_table() -> None:
    ids = {rule.id for rule in document().rules} | {grant.id for grant in document().grants}
    ids |= {sanction.id for sanction in document().sanctions}
    ids |= {page.id for page in document().official_pages}
    assert ids - {row[0] for row in TRUTH} == {"no-posting"}  # which has a test of its own


def test_it_uses_every_section() -> None:
    assert document().model_fields_set == set(PolicyDocument.model_fields)
    assert all(getattr(document(), section) for section in PolicyDocument.model_fields)
    sections = re.findall(r"(?m)^([a-z_]+):", template_text(EXAMPLE))
    assert set(sections) == set(PolicyDocument.model_fields)


def test_it_is_shown_and_is_no_template() -> None:
    assert EXAMPLE not in TEMPLATES
    result = CliRunner().invoke(main, ["policy", "show", EXAMPLE])
    assert (result.exit_code, result.stdout) == (0, template_text(EXAMPLE))
    listed = CliRunner().invoke(main, ["policy", "templates"])
    assert "\nexample " not in listed.stdout
