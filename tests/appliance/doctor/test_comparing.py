"""What is made of each answer: a truth table of plan, must and what DNS and the proxy said."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.doctor import advice, comparing
from appliance.doctor.comparing import Case
from appliance.doctor.ground import Ground
from appliance.doctor.names import Must, Name
from appliance.doctor.wire import Looked, Said
from appliance.policy.model import Action, PeriodKind, Reason, Verdict
from appliance.policy.plan import DnsPlan, Plan, TlsPlan
from appliance.status.asking import Outcome
from appliance.status.checks import Level
from appliance.status.running import Running
from tests import builders

NOW = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)
GROUND = Ground(
    running=Running(), snapshot=builders.snapshot(), at=NOW, real=NOW, clock_trusted=True,
    root=Path("root.pem"), run=Path("run"),
)  # fmt: skip
TWIN = "strict.example"


def verdict(action: Action) -> Verdict:
    return Verdict(
        action=action, reason=Reason.CATEGORY_RULE, rule="r1", clause="7.1", text="",
        role="pupil", period="Break", period_kind=PeriodKind.BREAK, expires_at=None,
        service=None, category=None, public_view=False, record=True,
    )  # fmt: skip


BLOCK, ALLOW = verdict(Action.BLOCK), verdict(Action.ALLOW)
REFUSED = Plan(DnsPlan.REFUSE, TlsPlan.REFUSE, BLOCK)
INSPECTED = Plan(DnsPlan.STEER, TlsPlan.INSPECT, BLOCK)
OPEN = Plan(DnsPlan.PASS, TlsPlan.SPLICE, ALLOW)
WATCHED = Plan(DnsPlan.STEER, TlsPlan.SPLICE, ALLOW)
LOCKED = Plan(DnsPlan.PASS, TlsPlan.SPLICE, ALLOW, alias=TWIN)
SOMEWHERE = Looked(Said.PASSED, ("192.0.2.1",))


def case(
    plan: Plan, looked: Looked, must: Must = Must.AS_POLICY, second: Looked | None = None,
    about: str = "Facebook", role: str = "pupil",
) -> Case:  # fmt: skip
    name = Name("www.example", about, must)
    return Case(name, role, plan, plan.verdict, looked, second)


@pytest.mark.parametrize(
    ("tried", "level", "found", "todo"),
    [
        (case(REFUSED, Looked(Said.REFUSED)), Level.GOOD, "blocked", ""),
        (case(INSPECTED, Looked(Said.STEERED)), Level.GOOD, "blocked", ""),
        (case(REFUSED, SOMEWHERE), Level.RED, "open", advice.LEAK),
        (case(INSPECTED, SOMEWHERE), Level.RED, "open", advice.LEAK),
        # No such name, without our own reason: the gate asked instead of refusing.
        (case(REFUSED, Looked(Said.UNKNOWN)), Level.RED, "open", advice.LEAK),
        (case(REFUSED, Looked(Said.NO_UPSTREAM)), Level.RED, "open", advice.LEAK),
        (case(REFUSED, Looked(Said.REFUSED), second=SOMEWHERE), Level.RED, "open", advice.LEAK),
        (case(OPEN, SOMEWHERE), Level.GOOD, "open", ""),
        (case(OPEN, Looked(Said.REFUSED)), Level.RED, "blocked", advice.OVERBLOCK),
        (case(OPEN, Looked(Said.STEERED)), Level.RED, "blocked", advice.OVERBLOCK),
        (case(OPEN, Looked(Said.UNKNOWN)), Level.GOOD, "open", ""),
        (case(OPEN, Looked(Said.NO_UPSTREAM)), Level.AMBER, Said.NO_UPSTREAM, advice.NO_INTERNET),
        (case(WATCHED, Looked(Said.STEERED)), Level.GOOD, "open", ""),
        (case(WATCHED, Looked(Said.REFUSED)), Level.RED, "blocked", advice.OVERBLOCK),
        (case(WATCHED, SOMEWHERE), Level.RED, Said.PASSED, advice.LEAK),
        (case(OPEN, Looked(Said.SILENT)), Level.RED, Said.SILENT, advice.DNS_DOWN),
        (case(REFUSED, Looked(Said.STRANGER)), Level.RED, Said.STRANGER, advice.STAND_IN),
    ],
)
def test_dns_against_the_policy(tried: Case, level: Level, found: str, todo: str) -> None:
    result = comparing.by_name(tried, GROUND)
    assert (result.level, result.found, result.todo) == (level, found, todo)
    assert result.words


@pytest.mark.parametrize(
    ("tried", "level", "advised"),
    [
        (case(OPEN, SOMEWHERE, Must.BLOCKED), Level.RED, "The policy itself says so"),
        (case(REFUSED, Looked(Said.REFUSED), Must.BLOCKED), Level.GOOD, ""),
        (case(REFUSED, Looked(Said.REFUSED), Must.OPEN), Level.RED, "It is closed by rule r1"),
        (case(OPEN, SOMEWHERE, Must.OPEN), Level.GOOD, ""),
        (case(OPEN, Looked(Said.NO_UPSTREAM), Must.OPEN), Level.RED, advice.NO_INTERNET),
        (case(OPEN, Looked(Said.UNKNOWN), Must.OPEN), Level.AMBER, advice.NO_INTERNET),
        (case(OPEN, SOMEWHERE, Must.LOCKED), Level.RED, advice.SAFE_POLICY),
        (case(OPEN, SOMEWHERE, Must.LOCKED, role="staff"), Level.GOOD, ""),
        (case(REFUSED, Looked(Said.REFUSED), Must.LOCKED), Level.GOOD, ""),
    ],
)
def test_what_must_hold_whatever_the_policy_says(tried: Case, level: Level, advised: str) -> None:
    assert GROUND.snapshot.least_restricted == "staff"
    result = comparing.by_name(tried, GROUND)
    assert result.level is level
    assert result.todo.startswith(advised)
    assert bool(result.todo) is bool(advised)


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        (Looked(Said.PASSED, ("192.0.2.9",), (TWIN,)), None, Level.GOOD),
        (SOMEWHERE, None, Level.RED),
        (Looked(Said.PASSED, ("192.0.2.9",), (TWIN,)),
         Looked(Said.PASSED, ("2001:db8::1",)), Level.RED),
        (Looked(Said.UNKNOWN, (), (TWIN,)), Looked(Said.UNKNOWN, (), (TWIN,)), Level.AMBER),
        (Looked(Said.UNKNOWN, (), (TWIN,)),
         Looked(Said.PASSED, ("2001:db8::1",), (TWIN,)), Level.GOOD),
        (Looked(Said.NO_UPSTREAM), None, Level.AMBER),
    ],
)  # fmt: skip
def test_safe_search_by_both_families(first: Looked, second: Looked | None, level: Level) -> None:
    result = comparing.by_name(case(LOCKED, first, Must.LOCKED, second), GROUND)
    assert result.level is level
    assert result.expected == "safe search on"


@pytest.mark.parametrize(
    ("plan", "outcome", "level", "todo"),
    [
        (INSPECTED, Outcome.BLOCK_PAGE, Level.GOOD, ""),
        (INSPECTED, Outcome.CLOSED, Level.RED, advice.CERTIFICATE),
        (INSPECTED, Outcome.READ, Level.RED, advice.LEAK),
        (INSPECTED, Outcome.UNREAD, Level.RED, advice.LEAK),
        (REFUSED, Outcome.CLOSED, Level.GOOD, ""),
        (REFUSED, Outcome.UNREAD, Level.RED, advice.LEAK),
        (REFUSED, Outcome.UNANSWERED, Level.RED, advice.PROXY_DOWN),
        (WATCHED, Outcome.UNREAD, Level.GOOD, ""),
        (WATCHED, Outcome.READ, Level.GOOD, ""),
        (WATCHED, Outcome.BLOCK_PAGE, Level.RED, advice.OVERBLOCK),
        (WATCHED, Outcome.CLOSED, Level.AMBER, advice.NO_INTERNET),
    ],
)
def test_the_proxy_against_the_policy(
    plan: Plan, outcome: Outcome, level: Level, todo: str
) -> None:
    said = {DnsPlan.REFUSE: Said.REFUSED, DnsPlan.STEER: Said.STEERED}[plan.dns]
    tried = case(plan, Looked(said))
    result = comparing.by_proxy(comparing.by_name(tried, GROUND), tried, outcome)
    assert (result.level, result.todo) == (level, todo)
