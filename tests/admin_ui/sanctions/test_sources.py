"""A sanction that comes from an attempt, a concern or a signal; and on a device nobody named."""

from __future__ import annotations

import re

import pytest

from appliance.accounts.posts import Post
from appliance.attempts.visits import Changes, Entry
from appliance.store import attempts, audit, devices, notes
from tests import builders
from tests.admin_ui.conftest import School
from tests.admin_ui.sanctions.conftest import REASON, kept, now, told

FORM = {"seen": "none", "until": "lifted", "reason": REASON, "clause": "7.2"}
MAC, MADE_UP = "00:1b:63:00:00:09", "02:00:00:00:00:09"


def tried(school: School, **more: object) -> int:
    """Write an attempt of Pip's on the tablet into the log; return its id."""
    values = {"at": now(school), "person": "pip", "role": "pupil", "device": "tablet",
              "device_name": "Tablet 8", "reason": "circumvention", **more}  # fmt: skip
    with school.store.session() as session:
        made = Entry(builders.attempt("nordvpn.com", **values))
        return next(iter(attempts.write(session, Changes((made,), (), ()))))


def concerned(school: School, kind: str = "person", id_: str = "pip", role: str = "pupil") -> int:
    with school.store.session() as session:
        return notes.add(session, kind, id_, role, "A worry", by="dsl", at=now(school),
                         concern=True).id  # fmt: skip


def test_from_an_attempt_person_and_device_are_offered(monday: School) -> None:
    id_ = tried(monday)
    web = monday.client(Post.DSL)
    assert f"/sanctions/new?attempt={id_}" in web.get(f"/log/attempt/{id_}").text
    page = web.get(f"/sanctions/new?attempt={id_}").text
    assert f"From attempt {id_}, Monday 23 November" in page
    assert 'value="person:pip"' in page
    assert 'value="device:tablet"' in page
    assert "nordvpn" not in page
    data = {**FORM, "who": "device:tablet"}
    assert web.post(f"/sanctions/new?attempt={id_}", data=data).status_code == 303
    assert kept(monday, "S1").source == f"attempt:{id_}"
    page = web.get("/sanctions/id/S1").text
    assert f'href="/log/attempt/{id_}">Attempt {id_}</a>' in page
    assert "Attempt" not in monday.client(Post.STAFF).get("/sanctions/id/S1").text
    assert told(monday)[0][3]["source"] == f"attempt:{id_}"


def test_that_the_row_was_looked_at_is_in_the_chain(monday: School) -> None:
    id_ = tried(monday)
    monday.client(Post.DSL).get(f"/sanctions/new?attempt={id_}")
    with monday.store.reading() as session:
        entries = [link.entry for link in audit.every(session)]
    assert [(e.action, e.subject) for e in entries if e.action == "log.looked"] == [
        ("log.looked", "person:pip")
    ]


def test_from_a_concern(monday: School) -> None:
    id_ = concerned(monday)
    web = monday.client(Post.HEADTEACHER)
    assert f"/sanctions/new?concern={id_}" in web.get("/log/concerns").text
    assert "From the concern of Monday 23 November" in web.get(f"/sanctions/new?concern={id_}").text
    data = {**FORM, "who": "person:pip"}
    assert web.post(f"/sanctions/new?concern={id_}", data=data).status_code == 303
    assert kept(monday, "S1").source == f"concern:{id_}"


def test_from_a_signal(monday: School) -> None:
    web = monday.client(Post.DSL)
    path = "/sanctions/new?device=tablet&person=pip&from=signal"
    page = web.get(path).text
    assert "From a signal." in page
    assert page.count('type="radio" value="person:pip"') + page.count('value="person:pip"') >= 1
    assert web.post(path, data={**FORM, "who": "person:pip"}).status_code == 303
    assert kept(monday, "S1").source == "signal"
    assert web.get("/sanctions/new?device=tablet&person=&from=signal").status_code == 200


def test_what_is_known_by_its_address_alone_cannot_be_put_under_one(monday: School) -> None:
    id_ = tried(monday, person="", device="", mac="", address="127.0.10.77")
    page = monday.client(Post.DSL).get(f"/sanctions/new?attempt={id_}").text
    assert "known by nothing but its address" in page
    id_ = concerned(monday, "address", "127.0.10.77")
    assert (
        "known by nothing but" in monday.client(Post.DSL).get(f"/sanctions/new?concern={id_}").text
    )


@pytest.mark.parametrize("mac", [MAC, MADE_UP])
def test_a_device_that_nobody_named_is_registered_and_changes_in_nothing_else(
    monday: School, mac: str
) -> None:
    id_ = tried(monday, person="", device="", device_name="", mac=mac, address="127.0.10.77",
                network="demo-pupils")  # fmt: skip
    web = monday.client(Post.DSL)
    before = monday.app.extensions["gate"].view().snapshot.register.resolve("127.0.10.77", mac)
    page = web.get(f"/sanctions/new?attempt={id_}").text
    assert "A name for the device" in page
    assert ("made up its hardware address" in page) == (mac == MADE_UP)
    path = f"/sanctions/new?attempt={id_}"
    data = {**FORM, "who": f"mac:{mac}", "name": ""}
    assert "Give the device a name" in web.post(path, data=data).text
    assert web.post(path, data={**data, "name": "Tablet"}).status_code == 303
    with monday.store.reading() as session:
        assert devices.get(session, "tablet").name == "Tablet 8"  # not put in its place
        made = devices.get(session, "tablet-2")
    assert made is not None
    assert (made.macs, made.role, made.person) == ((mac,), None, None)
    monday.publish()
    after = monday.app.extensions["gate"].view().snapshot.register.resolve("127.0.10.77", mac)
    assert (after.device, after.role, after.groups, after.trusts_ca, after.ownership) == (
        "tablet-2", before.role, before.groups, before.trusts_ca, before.ownership,
    )  # fmt: skip
    assert kept(monday, "S1").sanction.subject.id == "tablet-2"


def test_somebody_registered_it_meanwhile(monday: School) -> None:
    web = monday.client(Post.DSL)
    path = f"/sanctions/new?device={MAC}"
    assert "Not in the register" not in web.get("/sanctions/new?device=tablet").text
    assert web.get(path).status_code == 200
    with monday.store.session() as session:
        from appliance.policy.subjects import Device

        devices.add(session, Device(id="mine", name="Mine", macs=(MAC,)))
    answer = web.post(path, data={**FORM, "who": f"mac:{MAC}", "name": "Theirs"})
    assert answer.status_code == 409
    assert "Mine" in answer.text or "mine" in answer.text
    assert REASON in answer.text
    assert told(monday) == []


def test_a_policy_that_wants_a_reason_for_a_look_gets_it_first(make_school: object) -> None:
    from appliance import clock
    from tests.admin_ui.requests.conftest import registered
    from tests.admin_ui.sanctions.conftest import LESSON

    assert callable(make_school)
    offset = (LESSON - clock.real()).total_seconds()
    school: School = registered(make_school(template="daffodil-prep", rehearse=offset))
    id_ = tried(school)
    answer = school.client(Post.DSL).get(f"/sanctions/new?attempt={id_}")
    assert answer.status_code == 303
    assert answer.location.startswith("/log/why/person/pip?next=")


@pytest.mark.parametrize("path", ["attempt={}", "concern={}"])
def test_staff_s_rows_are_no_way_round(make_school: object, path: str) -> None:
    """Under a policy whose DSL reads no row of staff, there is none to start from."""
    from appliance import clock
    from tests.admin_ui.requests.conftest import registered
    from tests.admin_ui.sanctions.conftest import LESSON

    assert callable(make_school)
    offset = (LESSON - clock.real()).total_seconds()
    school: School = registered(make_school(template="date-palm", rehearse=offset))
    number = (
        tried(school, person="ann", role="staff", device="laptop")
        if path.startswith("attempt")
        else concerned(school, "person", "ann", "staff")
    )
    answer = school.client(Post.DSL).get("/sanctions/new?" + path.format(number))
    assert answer.status_code == 404


def test_what_a_sanction_stopped_is_read_by_name_alone(monday: School) -> None:
    """All who work here know who is under one: a pseudonym would hide nobody."""
    id_ = tried(monday, reason="sanction", rule="S1")
    assert "nordvpn.com" in monday.client(Post.DSL).get("/log").text
    for post in (Post.IT_TECHNICIAN, Post.E_SAFETY_OFFICER):
        assert "nordvpn.com" not in monday.client(post).get("/log").text
        assert monday.client(post).get(f"/log/attempt/{id_}").status_code == 404


def test_a_person_s_day_and_their_device_say_it(monday: School) -> None:
    from tests.admin_ui.sanctions.conftest import ban

    tried(monday)
    id_ = ban(monday)
    begun = {"who": "person:pip", "beside": "yes"}
    staff = monday.client(Post.STAFF)
    assert staff.post(f"/sanctions/id/{id_}/supervise", data=begun).status_code == 303
    day = monday.client(Post.DSL).get("/log/person/person/pip").text
    assert f'href="/sanctions/id/{id_}"' in day
    assert "Member of staff sat with them" in day
    assert 'href="/sanctions/new?person=pip"' in day
    theirs = monday.client(Post.DSL).get("/log/person/device/tablet").text
    assert "On P. Pupil, whose device it is" in theirs
    technician = monday.client(Post.IT_TECHNICIAN)
    shown = technician.get("/devices/id/tablet").text
    assert "P. Pupil, whose device this is, is under a sanction" in shown
    assert REASON not in shown
    assert re.search(r"Sanction\s*</strong>", technician.get("/devices").text)
    assert "under a sanction" not in technician.get("/devices/id/pc7").text
    free = "under a sanction now, of which it would be free"
    assert free in technician.get("/devices/id/tablet/remove").text
    assert free not in technician.get("/devices/id/pc7/remove").text
