"""The last ten school days of the made-up school, as attempts. The same seed, the same days.

Every verdict is the engine's own on the snapshot of that school: what is shown in the log
is what the policy would have answered then.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.attempts.attempt import Attempt, Layer, Visit, attempt_of
from appliance.demonstration import sites
from appliance.demonstration.roll import Roll
from appliance.demonstration.sites import Page
from appliance.policy.engine import decide
from appliance.policy.model import Verdict
from appliance.policy.plan import Plan, TlsPlan, plan
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client
from appliance.policy.timetable import day_periods
from appliance.policy.urls import parse

SCHOOL_DAYS: Final = 10
LOOKED_BACK: Final = 70  # days in which they are sought: longer than any holiday but summer's
_DAY: Final = timedelta(days=1)
# From and to in minutes after midnight, and how much of a day's doings fall in between.
_RHYTHM: Final = (
    (450, 530, 14), (530, 630, 9), (630, 650, 22), (650, 730, 9), (730, 790, 30), (790, 920, 9),
    (920, 1010, 7),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habit:
    """What a client does on a school day: so many apps by themselves, so many pages."""

    client: Client
    pages: tuple[Page, ...]
    noise: tuple[int, int]
    visits: tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class _Doing:
    at: datetime
    who: int
    url: str
    visit: Visit
    count: int
    search: str


class Answers:
    """The engine's answers, asked once for as long as each of them holds. Ask forwards in time."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._plans: dict[tuple[object, ...], Plan] = {}
        self._verdicts: dict[tuple[object, ...], Verdict] = {}

    def plan(self, query: Query) -> Plan:
        """Return the plan for a host."""
        key = (self._snapshot.class_of(query.client), query.host)
        found = self._plans.get(key)
        if found is None or _over(found.verdict, query.at):
            found = self._plans[key] = plan(query, self._snapshot)
        return found

    def verdict(self, query: Query) -> Verdict:
        """Return the verdict for a URL."""
        key = (self._snapshot.class_of(query.client), query.url)
        found = self._verdicts.get(key)
        if found is None or _over(found, query.at):
            found = self._verdicts[key] = decide(query, self._snapshot)
        return found


def _over(verdict: Verdict, at: datetime) -> bool:
    return verdict.expires_at is not None and at >= verdict.expires_at


def habits(snapshot: Snapshot, roll: Roll) -> list[Habit]:
    """Return what each client does; the visitors' phones are in no register."""
    resolve, found = snapshot.register.resolve, []
    for device in roll.devices:
        client = resolve(device.addresses[0], device.macs[0])
        if device.id.startswith("phone"):
            found.append(Habit(client, sites.STAFF, (18, 40), (2, 6)))
        elif device.id.startswith("laptop"):
            found.append(Habit(client, sites.STAFF, (0, 3), (1, 5)))
        else:
            found.append(Habit(client, sites.PUPILS, (3, 12), (2, 7)))
    for number in range(9):
        phone = resolve(f"127.0.30.{number + 20}", f"02:00:5e:00:53:{number:02x}")
        found.append(Habit(phone, sites.VISITORS, (2, 8), (0, 3)))
    return found


def school_days(snapshot: Snapshot, pupil: str, now: datetime) -> list[date]:
    """Return the last school days, today too, oldest first; weekdays where none is known."""
    contents = snapshot.contents
    today = now.astimezone(ZoneInfo(contents.calendar.zone)).date()
    back = [today - number * _DAY for number in range(LOOKED_BACK)]
    bells = contents.timetables[0]
    taught = [day for day in back if day_periods(day, bells, contents.calendar, pupil)]
    usual = taught or [day for day in back if day.weekday() < 5]
    return sorted(usual[: SCHOOL_DAYS + 1])


def attempts(
    snapshot: Snapshot, roll: Roll, days: Sequence[date], now: datetime, seed: int
) -> Iterator[Attempt]:
    """Yield the attempts of some days until now, in the order in which they were made."""
    rng = random.Random(seed)  # noqa: S311  # the same school each time, not a secret
    everybody, answers = habits(snapshot, roll), Answers(snapshot)
    zone = ZoneInfo(snapshot.contents.calendar.zone)
    for number, day in enumerate(days):
        midnight = datetime.combine(day, time(), tzinfo=zone)
        doings = [d for who, habit in enumerate(everybody) for d in _day(who, habit, midnight, rng)]
        doings += _misdeeds(everybody, midnight, number)
        for doing in sorted(doings):
            if doing.at < now:
                yield from _attempt(doing, everybody[doing.who].client, answers)


def _day(who: int, habit: Habit, midnight: datetime, rng: random.Random) -> Iterator[_Doing]:
    for _ in range(rng.randint(*habit.noise)):
        url = f"https://{rng.choice(sites.NOISE)}/"
        yield _Doing(_moment(midnight, rng), who, url, Visit.BACKGROUND, rng.randint(1, 14), "")
    weights = [page.weight for page in habit.pages]
    for page in rng.choices(habit.pages, weights, k=rng.randint(*habit.visits)):
        at = _moment(midnight, rng)
        yield _Doing(at, who, page.url, Visit.PAGE, rng.choice((1, 1, 1, 2, 3)), page.search)


def _misdeeds(everybody: list[Habit], midnight: datetime, number: int) -> Iterator[_Doing]:
    """Two pupils look for a way round the gate; once something unlawful is asked for."""
    lunch = midnight + timedelta(minutes=742)
    sought = ((3, 40, 4), (6, 40, 4), (8, 40, 3), (5, 77, 1))
    for wanted, who, many in sought:
        if number == wanted:
            for place in range(many):
                url = f"https://{sites.ROUND[place]}/"
                at = lunch + timedelta(minutes=3 * place)
                yield _Doing(at, who, url, Visit.PAGE, 1 + place, "")
    if number == 7:
        at = lunch + timedelta(minutes=21)
        yield _Doing(at, 77, f"https://{sites.ILLEGAL_HOST}/", Visit.PAGE, 1, "")


def _moment(midnight: datetime, rng: random.Random) -> datetime:
    first, last, _ = rng.choices(_RHYTHM, [weight for _, _, weight in _RHYTHM])[0]
    return midnight + timedelta(seconds=rng.randrange(first * 60, last * 60))


def _attempt(doing: _Doing, client: Client, answers: Answers) -> Iterator[Attempt]:
    url = parse(doing.url)
    query = Query(client, url.host, doing.at, url)
    planned = answers.plan(query)
    if planned.tls is TlsPlan.INSPECT:
        found = attempt_of(query, answers.verdict(query), Layer.HTTP, doing.visit)
    elif planned.tls is TlsPlan.SPLICE:
        found = attempt_of(_unread(query), planned.verdict, Layer.TLS, Visit.BACKGROUND)
    else:
        found = attempt_of(_unread(query), planned.verdict, Layer.DNS, Visit.LOOKUP)
    if found is not None:
        seen = found.visit is Visit.PAGE and bool(found.url)
        last = found.at + timedelta(seconds=23 * (doing.count - 1))
        search = doing.search if seen else ""
        yield replace(found, count=doing.count, last=last, search=search)


def _unread(query: Query) -> Query:
    return replace(query, url=None)
