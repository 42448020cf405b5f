from __future__ import annotations

from datetime import datetime, timedelta
from math import inf

import pytest

from appliance import clock
from appliance.dns.judge import Asker, Judge
from appliance.policy.model import Action, Reason
from appliance.policy.plan import DnsPlan
from appliance.policy.subjects import Person
from tests.appliance.dns.gate import FixedHolder, NoNeighbours, school
from tests.builders import at, grant

PUPIL, STAFF, VISITOR = b"\x7f\0\x0a\5", b"\x7f\0\x14\5", b"\x7f\0\x1e\5"


def judge(**more: object) -> Judge:
    """Return a judge of the little school."""
    return Judge(FixedHolder(school(**more)), NoNeighbours())  # type: ignore[arg-type]


def who(the: Judge, source: bytes) -> Asker:
    """Return a known client."""
    asker = the.asker(source)
    assert asker is not None
    return asker


def test_clients_of_a_class_share_plans_and_others_do_not() -> None:
    the = judge()
    one, other = who(the, PUPIL), who(the, b"\x7f\0\x0a\6")
    assert the.judged(one, "x.com") is the.judged(other, "x.com")
    assert the.judged(one, "x.com") is not the.judged(who(the, STAFF), "x.com")
    assert the.asker(b"\x0a\0\0\1") is None


def test_a_plan_ends_when_its_verdict_does() -> None:
    the = judge(now=at("10:30") - timedelta(seconds=9.5))
    found = the.judged(who(the, STAFF), "x.com")
    assert 9 < found.until - clock.monotonic() < 9.5
    found.until = clock.monotonic() - 1
    assert the.judged(who(the, STAFF), "x.com") is not found
    assert judge(calendar=school().calendar).judged(who(the, PUPIL), "x.com").until < inf


@pytest.mark.parametrize(
    ("host", "source", "ceiling"),
    [("x.com", STAFF, 30), ("www.example.com", STAFF, 1 << 31), ("x.com", PUPIL, 1 << 31)],
)
def test_what_the_bell_governs_is_known(host: str, source: bytes, ceiling: int) -> None:
    the = judge(now=at("10:35"), steerable=(), rules=school().rules)
    assert the.judged(who(the, source), host).ceiling == ceiling


def test_only_what_is_recorded_is_counted_and_nothing_counted_is_lost() -> None:
    the = judge()
    assert the.judged(who(the, PUPIL), "www.example.com").counts is None
    assert the.judged(who(the, PUPIL), "childline.org.uk").counts is None
    found = the.judged(who(the, PUPIL), "x.com")
    assert found.counts is not None
    assert the.recorded() == []
    found.counts[PUPIL] += 1
    found.until = 0.0
    again = the.judged(who(the, PUPIL), "x.com")
    assert again is not found
    assert the.recorded() == [found]
    the.forget_expired()
    assert the.recorded() == []


@pytest.mark.parametrize(
    ("host", "source", "target", "refused"),
    [
        ("www.example.com", PUPIL, "x.com", True),
        ("www.example.com", PUPIL, "other.example", False),
        ("childline.org.uk", PUPIL, "x.com", False),
        ("childline.org.uk", PUPIL, "illegal.example", False),
        ("twitter.com", PUPIL, "x.com", False),  # the grant names it
        ("twitter.com", PUPIL, "illegal.example", True),
    ],
)
def test_where_a_name_leads(host: str, source: bytes, target: str, refused: bool) -> None:
    the = judge(grants=(grant("host:twitter.com", who="role:pupil"),))
    asker = who(the, source)
    found = the.aliased(asker, the.judged(asker, host), target)
    assert (found is not None) is refused
    if found is not None:
        assert (found.host, found.plan.dns) == (host, DnsPlan.REFUSE)
        assert found.verdict.action is Action.BLOCK
        assert the.aliased(asker, the.judged(asker, host), target) is found
        assert (found.verdict.reason is Reason.ILLEGAL) == (target == "illegal.example")


def test_a_swap_a_set_clock_and_doubt_make_it_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    holder = FixedHolder(school())
    the = Judge(holder, NoNeighbours())
    assert not the.outdated()
    holder.swap(version=2)
    assert the.outdated()
    the.renew()
    assert (the.snapshot.contents.version, the.outdated()) == (2, False)
    real = clock.real
    monkeypatch.setattr(clock, "real", lambda: real() + timedelta(seconds=5))
    assert the.outdated()
    the.renew()
    assert not the.outdated()
    monkeypatch.setattr(clock, "real", lambda: real() - timedelta(days=9999))
    the.renew()
    monkeypatch.setattr(clock, "real", lambda: real() - timedelta(days=9999, seconds=-0.2))
    assert not the.outdated()
    assert the.judged(who(the, STAFF), "x.com").verdict.period == "unknown"


def test_too_much_to_remember_is_outdated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.dns.judge.MOST_PLANS", 1)
    the = judge()
    for host in ("a.example", "b.example"):
        the.judged(who(the, PUPIL), host)
    assert the.outdated()


class OneSignedIn:
    """Somebody who is signed in everywhere, or nobody."""

    def __init__(self) -> None:
        self.person: str | None = None
        self.moved = 0

    def presence(self, address: str, mac: str | None, at: datetime) -> str | None:
        return self.person

    def version(self, at: datetime) -> int:
        return self.moved


def test_who_signed_in_on_a_device_is_who_asks_and_a_change_is_noticed_once() -> None:
    teacher = Person(id="t1", name="A teacher", role="staff")
    signed_in = OneSignedIn()
    the = Judge(FixedHolder(school(people=(teacher,))), NoNeighbours(), signed_in=signed_in)
    first = who(the, VISITOR)
    assert (first.client.role, first.client.person) == ("visitor", None)
    assert not the.others_signed_in()
    signed_in.person, signed_in.moved = "t1", 1
    assert the.others_signed_in()
    assert not the.others_signed_in()
    the.forget_clients()
    second = who(the, VISITOR)
    assert (second.client.role, second.client.person) == ("staff", "t1")
    assert second.shares != first.shares
