"""A school year of attempts for the benchmark of the pages: written fast, counted as an old log is.

The rows go in by themselves at the step before the counts of the log; opening the store then
counts them, as it does for a school that comes from an older program.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from alembic import command
from sqlalchemy import create_engine

from appliance import clock, policy_file
from appliance.accounts.posts import NAMES, Post
from appliance.policy.subjects import Group, Person
from appliance.publish.publisher import Publisher
from appliance.store import accounts, people, policies
from appliance.store.account_tables import AccountRow
from appliance.store.accounts import Account
from appliance.store.migrating import config_for
from appliance.store.session import Store, open_store

BEFORE: Final = "0004"  # the step before the log is counted
PEOPLE: Final = 600
DAYS: Final = 190  # of a school year
SERVICES: Final = (
    ("facebook", "collaborative"), ("x", "microblogs"), ("tiktok", "media_sharing"),
    ("youtube", "media_sharing"), ("instagram", "collaborative"), ("snapchat", "chat"),
    ("reddit", "forums"), ("", "social_media"),
)  # fmt: skip
PERIODS: Final = (("Lesson 1", "lesson"), ("Break", "break"), ("Lunch", "lunch"))


def fill(place: Path, attempts: int) -> tuple[Store, dict[Post, Account]]:
    """Return a store with so many attempts, and one account for each post."""
    path = place / "bellgate.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection, connection.begin():
        command.upgrade(config_for(connection), BEFORE)
    engine.dispose()
    raw = sqlite3.connect(path)
    names = [row[1] for row in raw.execute("PRAGMA table_info(attempt)")][1:]
    columns = ",".join(f'"{name}"' for name in names)
    asked = f"INSERT INTO attempt ({columns}) VALUES ({','.join('?' * len(names))})"
    raw.executemany(asked, ([row[name] for name in names] for row in rows(attempts, clock.real())))
    raw.commit()
    raw.close()
    begun = time.perf_counter()
    store = open_store(path)
    size = path.stat().st_size / 1e6
    print(f"counting them took {time.perf_counter() - begun:.0f} s, the database has {size:.0f} MB")
    return store, _people(store, place)


def rows(attempts: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table, oldest first: the last day is today."""
    dice = random.Random(1)
    hosts = [f"h{n}.example" for n in range(800)]
    days, day = [], now.replace(hour=8, minute=0, second=0, microsecond=0)
    while len(days) < DAYS:
        if day.weekday() < 5 or not days:
            days.append(day)
        day -= timedelta(days=1)
    each = attempts // DAYS
    for day in reversed(days):
        for n in range(each):
            at = int((day + timedelta(seconds=8 * 3600 * n / each)).timestamp() * 1_000_000)
            yield _row(dice, at, hosts[dice.randrange(800)])


def _row(dice: random.Random, at: int, host: str) -> dict[str, Any]:
    number = min(PEOPLE - 1, int(dice.expovariate(5 / PEOPLE)))  # few do much, most do little
    staff = number % 12 == 0
    visit = dice.choices(("page", "background", "lookup"), (3, 5, 2))[0]
    period, kind = PERIODS[at // 1_200_000_000 % 3]  # twenty minutes each
    service, category = dice.choice(SERVICES)
    return {
        "at": at, "last": at, "count": 1, "lookups": 0,
        "layer": "dns" if visit == "lookup" else "http", "visit": visit,
        "address": f"10.1.{number // 250}.{number % 250}",
        "mac": f"02:00:00:00:{number // 250:02x}:{number % 250:02x}", "device": f"pc-{number}",
        "device_name": f"PC {number}", "person": f"p{number}",
        "groups": json.dumps([] if staff else [f"y{number % 7}"]), "network": "pupils",
        "role": "staff" if staff else "pupil", "period": period, "period_kind": kind,
        "host": host, "url": f"https://{host}/{at % 997}" if visit == "page" else "",
        "method": "GET", "search": "", "service": service, "category": category,
        "verdict": "allow" if staff and dice.random() < 0.5 else "block",
        "reason": "service_rule", "rule": "no-facebook", "clause": "7.1",
    }  # fmt: skip


def _people(store: Store, place: Path) -> dict[Post, Account]:
    now, found = clock.real(), {}
    with store.session() as session:
        text = policy_file.template_text("duffield-meadows")
        policies.set_policy(session, text, "duffield-meadows", "bench", "bench", now)
        for year in range(7):
            people.add_group(session, Group(id=f"y{year}", name=f"Year {year}"))
        for n in range(PEOPLE):
            role, groups = ("staff", ()) if n % 12 == 0 else ("pupil", (f"y{n % 7}",))
            person = Person(id=f"p{n}", name=f"Person {n}", role=role, groups=groups)
            people.add_person(session, person)
        for post in Post:
            one = accounts.add(session, post.value, NAMES[post], [post.value], at=now, person="p0")
            row = session.get(AccountRow, one.id)
            assert row is not None
            row.totp = b"sealed elsewhere"
            session.flush()
            found[post] = accounts.account(row)
    Publisher(store, place / "snapshot").publish_if_changed(now)
    return found
