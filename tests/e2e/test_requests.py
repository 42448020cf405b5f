"""From the block page to a page that is open for just one class-room, and closed again.

A teacher at a pupil's PC asks, the technician reviews, the headteacher signs on a phone; the
DSL reads what happened; the audit chain tells all of it, and breaks when it is changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.accounts.posts import Post
from tests.e2e import school
from tests.e2e.gate import Gate
from tests.e2e.lab import Lab
from tests.e2e.staffroom import PORTAL, Person, employ, open_portal
from tests.e2e.waiting import until

pytestmark = [pytest.mark.namespaces, pytest.mark.chromium]
PAGE = "https://www.facebook.com/duffield"
BESIDE = "https://www.facebook.com/somebody-else"

Employ = Callable[[Post], Person]


@pytest.fixture(scope="module")
def staffroom(gate: Gate, lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Employ:
    """Give a school whose pages are open, and a way to employ people in it."""
    folder = tmp_path_factory.mktemp("browsers")
    gate.start("web")
    gate.change(open_portal)
    until(lambda: lab.staff.curl(f"{PORTAL}/").status == 200, "the pages answer", 20)

    def somebody(post: Post) -> Person:
        machine = lab.pupil if post is Post.STAFF else lab.staff
        return employ(gate, post, machine, folder)

    return somebody


def opened(lab: Lab, url: str = PAGE) -> bool:
    return lab.pupil.curl(url).from_origin


def audited(gate: Gate) -> list[str]:
    said = gate.command("audit", "show", "--limit", "1000", "--json")
    return [entry["action"] for entry in json.loads(said.stdout)]


def asked(teacher: Person, pictures: Path) -> None:
    """The teacher meets the block page on the pupil's PC, signs in there and asks."""
    teacher.goes(
        ("open", PAGE), ("see", "www.facebook.com"), ("press", "Ask"),
        ("see", "Show this page to a teacher"), ("press", "I work here"), ("see", "Sign in"),
        *teacher.signs_in(), ("see", "Blocked content access request"),
        ("picture", str(pictures / "request-new.png")),
    )  # fmt: skip
    told = teacher.goes(
        ("open", f"{PORTAL}/requests/new?url={PAGE}"), ("read", "[name=url]"),
        ("fill", ("content", "The town’s own page")), ("fill", ("reasons", "Local history")),
        ("fill", ("risks", "Comments of strangers; it is read together on the board")),
        ("choose", "[name=who][value=role]"), ("select", ("role", "pupil")),
        ("choose", "[name=until][value=lesson]"), ("press", "Send the request"), ("see", "R1"),
    )  # fmt: skip
    assert told["reads"] == [PAGE]


def reviewed(technician: Person) -> None:
    """The technician looks at what it would open, and confirms risks and controls."""
    technician.goes(
        ("open", f"{PORTAL}/requests/R1/review"), ("see", "Sign in"), *technician.signs_in(),
        ("see", "What it would open"), ("choose", "[name=risks_confirmed]"),
        ("fill", ("controls", "Read on the teacher’s board")), ("press", "Confirm the review"),
        ("see", "is reviewed"),
    )  # fmt: skip


def authorised(head: Person, pictures: Path) -> None:
    """The headteacher signs on a phone; the page says that it is in force."""
    told = head.goes(
        ("size", (360, 740)), ("open", f"{PORTAL}/requests/R1/decide"), ("see", "Sign in"),
        *head.signs_in(), ("see", "What it opens"), ("narrow", 360),
        ("picture", str(pictures / "decide-phone.png")),
        ("fill", ("reasons", "It serves the lesson")), ("fill", ("name", head.name)),
        ("press", "Authorise"), ("see", "is authorised"),
    )  # fmt: skip
    assert "It is open now" in told["text"]


def test_a_request_opens_just_that_for_just_them(
    gate: Gate, lab: Lab, staffroom: Employ, pictures: Path
) -> None:
    teacher, technician, head = map(staffroom, (Post.STAFF, Post.IT_TECHNICIAN, Post.HEADTEACHER))
    assert not opened(lab)
    asked(teacher, pictures)
    reviewed(technician)
    assert not opened(lab), "reviewed is not opened"
    authorised(head, pictures)
    assert opened(lab), "the page said that it is open"
    assert not opened(lab, BESIDE), "the page beside it"
    assert not lab.staff.curl(PAGE).from_origin, "another role"
    assert not lab.visitor.dig("www.facebook.com").answers, "a visitor"
    gate.rehearse("10:49:57")
    assert opened(lab)
    until(lambda: not opened(lab), "the bell closes it", 8)
    gate.rehearse(school.BREAK)


def test_a_report_blocks_for_everyone_at_once(gate: Gate, lab: Lab, staffroom: Employ) -> None:
    lead = staffroom(Post.DSL)
    assert lab.staff.curl("https://x.com/home").from_origin
    lead.goes(
        ("open", f"{PORTAL}/reports/new?url=https://x.com/home"), ("see", "Sign in"),
        *lead.signs_in(), ("press", "It is not that"), ("see", "Nature of the content"),
        ("fill", ("nature", "Threats against a pupil")), ("press", "Hand in the report"),
        ("see", "C1"), ("press", "Block the site for everyone"), ("see", "This will be blocked"),
        ("press", "Block this for everyone now"), ("see", "holds for everyone"),
    )  # fmt: skip
    assert lab.staff.curl("https://x.com/home").status == 403
    assert not lab.visitor.dig("x.com").answers
    read = lead.goes(
        ("open", f"{PORTAL}/log?verdict=block"), ("see", "facebook"),
        ("open", f"{PORTAL}/log/person/address/{lab.pupil.address4}"), ("see", "facebook"),
    )  # fmt: skip
    assert "hxxp" not in read["address"]


def test_the_chain_tells_all_of_it_and_breaks_visibly(gate: Gate) -> None:
    told = audited(gate)
    assert {
        "sign_in.succeeded", "request.submitted", "request.reviewed", "request.authorised",
        "report.submitted", "report.blocked", "log.looked",
    } <= set(told)  # fmt: skip
    assert gate.command("audit", "verify").returncode == 0
    with sqlite3.connect(gate.data / "bellgate.db") as raw:
        query = "SELECT number FROM audit_entry WHERE action = 'request.authorised'"
        (number,) = raw.execute(query).fetchone()
        raw.execute("DROP TRIGGER audit_entry_no_update")
        raw.execute("UPDATE audit_entry SET actor = 'nobody' WHERE number = ?", (number,))
    raw.close()
    said = gate.command("audit", "verify")
    assert said.returncode == 1
    assert f"Entry {number} was changed" in said.stdout
