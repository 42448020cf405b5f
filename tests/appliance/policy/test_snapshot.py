from __future__ import annotations

from dataclasses import replace

from appliance.policy.model import CategoryClass, PeriodKind, ReportedBlock
from appliance.policy.subjects import Group, Network
from appliance.policy.timetable import Period, Timetable
from tests.builders import DAY, STAFF, at, client, grant, rule, snapshot, target


def test_a_group_has_its_own_bells() -> None:
    early = Timetable("year-1", (Period("Early lunch", PeriodKind.LUNCH, 690, 750),))
    year_1 = Group(id="1A", name="Class 1A", timetable="year-1")
    snap = snapshot(groups=(year_1, Group(id="2A", name="Class 2A")), timetables=(DAY, early))
    plain = client(STAFF, snap)
    small = replace(plain, groups=frozenset({"1A", "2A"}))
    assert snap.moment(at("11:45"), small).name == "Early lunch"
    assert snap.moment(at("11:45"), plain).name == "Lesson 2"
    assert snap.timetable_of(replace(plain, groups=frozenset({"2A"}))).id == "default"


def test_without_a_default_the_first_bells_serve() -> None:
    assert snapshot(timetables=(replace(DAY, id="only"),)).timetable_of(client()).id == "only"


def test_people_who_are_named_nowhere_are_one_class() -> None:
    snap = snapshot()
    assert snap.class_of(client(STAFF, person="a")) == snap.class_of(client(STAFF, person="b"))
    named = snapshot(grants=(grant(who="person:a"),))
    assert named.class_of(client(person="a")) != named.class_of(client(person="b"))
    by_network = snapshot(rules=(rule("r", "service:x", who="network:staff"),))
    assert by_network.class_of(client()) != by_network.class_of(client(network="lab"))


def test_the_next_change_counts_only_what_concerns_the_client() -> None:
    theirs = grant(who="role:pupil", end=at("09:40"))
    mine = grant(who="role:staff", end=at("09:50"))
    report = ReportedBlock(id="R", target=target("host:a.example"), start=at("09:45"))
    snap = snapshot(grants=(theirs, mine), reported=(report,))
    moment = snap.moment(at("09:30"), client())
    assert snap.next_change(at("09:30"), client(), moment) == at("09:45")
    assert snap.next_change(at("09:45"), client(), moment) == at("09:50")


def test_categories_and_url_targets() -> None:
    report = ReportedBlock(id="R", target=target("url:a.example/x"), start=at())
    granted = grant("url:x.com/a")
    ruled = rule("u", "url:y.example/b")
    snap = snapshot(reported=(report,), grants=(granted, grant()), rules=(ruled,))
    assert snap.url_targets() == ("y.example/b", "x.com/a", "a.example/x")
    assert snap.class_of_category("vpn") is CategoryClass.CIRCUMVENTION
    assert snap.class_of_category("unheard-of") is CategoryClass.ORDINARY


def test_the_prefixes_served_are_the_networks() -> None:
    lone = Network(id="n", name="N", prefixes=("192.0.2.0/24",), role="staff")
    assert [str(p) for p in snapshot(networks=(lone,)).register.prefixes()] == ["192.0.2.0/24"]
