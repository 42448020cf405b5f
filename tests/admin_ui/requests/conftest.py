"""A school on a Monday in lesson time, with people and devices that a request can be for."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient

from admin_ui.requests.effect import reached
from appliance import clock
from appliance.accounts.posts import Post
from appliance.lists.parse import parse
from appliance.policy import urls
from appliance.policy.model import Ownership
from appliance.policy.situation import Query
from appliance.policy.subjects import Device, Group, Person
from appliance.publish import files
from appliance.publish.publisher import Publisher
from appliance.store import accounts, devices, lists, people, requests
from appliance.store.account_tables import AccountRow
from appliance.store.requests import Request
from tests.admin_ui.conftest import School

LESSON = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # Lesson 1, until 10:30
CLASSROOM, LAPTOP, TABLET, NAMELESS = "127.0.10.7", "127.0.20.7", "127.0.10.8", "127.0.10.99"
VIDEO = "https://www.youtube.com/watch?v=abc"
FORM = {
    "url": VIDEO, "content": "A film about volcanoes", "reasons": "Geography in 3B",
    "risks": "Adverts; the teacher watches first", "width": "page", "who": "role", "role": "pupil",
    "until": "today",
}  # fmt: skip


def registered(school: School) -> School:
    """Put a class, two people and three devices into a school's register."""
    with school.store.session() as session:
        people.add_group(session, Group(id="3B", name="Class 3B"))
        people.add_person(session, Person(id="ann", name="A. Teacher", role="staff"))
        people.add_person(session, Person(id="pip", name="P. Pupil", role="pupil", groups=("3B",)))
        for device in (
            Device(id="laptop", name="Staff laptop 4", addresses=(LAPTOP,), person="ann",
                   trusts_ca=True),
            Device(id="pc7", name="Classroom PC 7", addresses=(CLASSROOM,), role="pupil",
                   groups=("3B",), ownership=Ownership.SCHOOL, trusts_ca=True),
            Device(id="tablet", name="Tablet 8", addresses=(TABLET,), person="pip",
                   ownership=Ownership.SCHOOL, trusts_ca=True),
        ):  # fmt: skip
            devices.add(session, device)
        row = session.get(AccountRow, school.accounts[Post.STAFF].id)
        assert row is not None
        row.person = "ann"
        session.flush()
        school.accounts[Post.STAFF] = accounts.account(row)
    school.publish()
    return school


@pytest.fixture
def at_lesson(make_school: Callable[..., School]) -> Callable[..., School]:
    """Return a maker of schools in the first lesson: ``at_lesson(template=..., at=...)``."""

    def make(template: str = "duffield-meadows", at: datetime = LESSON) -> School:
        offset = (at - clock.real()).total_seconds()
        return registered(make_school(template=template, rehearse=offset))

    return make


@pytest.fixture
def monday(at_lesson: Callable[..., School]) -> School:
    """Return the school under the default policy, in the first lesson of a Monday."""
    return at_lesson()


def ask(client: FlaskClient, **more: Any) -> str:
    """Send the form of appendix A; return the id of what was made."""
    answer = client.post("/requests/new", data={**FORM, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).rpartition("/")[2]


def kept(school: School, id_: str) -> Request:
    """Return a request as it is kept."""
    with school.store.reading() as session:
        found = requests.get(session, id_)
    assert found is not None
    return found


def review(school: School, id_: str, post: Post = Post.IT_TECHNICIAN, **more: Any) -> int:
    """Review a request; return the status of the answer."""
    data = {"version": kept(school, id_).version, "risks_confirmed": "y", "controls": "Checked"}
    return school.client(post).post(f"/requests/{id_}/review", data={**data, **more}).status_code


def decide(
    school: School, id_: str, decision: str = "yes", post: Post = Post.HEADTEACHER, **more: Any
) -> int:
    """Decide a request; return the status of the answer."""
    data = {"version": kept(school, id_).version, "reasons": "It is needed", "name": "A. Head",
            "decision": decision}  # fmt: skip
    return school.client(post).post(f"/requests/{id_}/decide", data={**data, **more}).status_code


def authorised(school: School, **more: Any) -> Request:
    """Carry a request all the way."""
    id_ = ask(school.client(Post.STAFF), **more)
    assert review(school, id_) == 303
    assert decide(school, id_) == 303
    return kept(school, id_)


def at_device(client: FlaskClient, address: str) -> FlaskClient:
    """Put a browser on a device, by its address."""
    client.environ_base["REMOTE_ADDR"] = address
    return client


def make_illegal(school: School, host: str) -> None:
    """Put a site on a list of illegal content, and wait until the list is in force."""
    with school.store.session() as session:
        lists.add(session, "the-list", "illegal", parse([host]), source="test", at=LESSON)
    publisher, folder = Publisher(school.store, school.data / "snapshot"), school.data / "snapshot"
    for _ in range(400):  # lists are built beside all else
        publisher.publish_if_changed(clock.real())
        if files.read_current(folder).lists is not None:
            return
        time.sleep(0.02)
    pytest.fail("the list never came into force")


def open_to(school: School, address: str, url: str, at: datetime) -> bool:
    """Whether the snapshot in force opens an address to a client, as the faces would."""
    snapshot = school.app.extensions["gate"].view().snapshot
    parsed = urls.parse(url)
    return reached(
        Query(snapshot.register.resolve(address), parsed.host, at, parsed), snapshot
    ).open


def printed(data: bytes) -> str:
    """Return what a PDF says, its line breaks as blanks."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())
