"""A school whose lists are in every state that there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from appliance import clock
from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.lists.subscription import Subscription
from appliance.publish.publisher import Publisher
from appliance.store import lists, subscriptions
from appliance.store.list_tables import FetchRow
from tests.admin_ui.conftest import School

COUNTY = Subscription(
    list_id="adult-county", name="Adult sites, from the county", category="adult",
    address="https://lists.county.example/adult.txt", format="domains", licence="CC BY-SA 4.0",
    attribution="The county’s filtering group", every=24, most_change=0.5,
    made=clock.real(), made_by="it_technician",
)  # fmt: skip


def keep(
    session: Session, id_: str, category: str, text: str, *, at: datetime | None = None,
    hashed: bool = False, source: str = "a file",
) -> None:  # fmt: skip
    """Put a list into the store as the core does."""
    with (
        TemporaryDirectory() as folder,
        gather(text.splitlines(), Format.DOMAINS, Path(folder)) as found,
    ):
        lists.put(
            session, id_, category, found, source=source, at=at or clock.real(), hashed=hashed
        )


def publish(school: School) -> None:
    """Put what the store holds in force, lists too, which the core builds beside the rest."""
    Publisher(school.store, school.data / "snapshot").publish(clock.real())


def subscribe(session: Session, one: Subscription, **fetched: Any) -> None:
    """Subscribe, and say how the last fetch went: the fields of ``FetchRow``."""
    subscriptions.add(session, one)
    row = session.get(FetchRow, one.list_id)
    assert row is not None
    for name, value in fetched.items():
        setattr(row, name, value)
    session.flush()


def fill(school: School) -> None:
    """Give a school lists in every state: good, held, failed, being fetched, a file, off."""
    now = clock.real()
    good = {"state": "good", "tried": now, "succeeded": now, "due": now + timedelta(hours=24)}
    with school.store.session() as session:
        keep(session, "adult-county", "adult", "naughty.example\nrude.example\n")
        bad = ("12: more than one word, and the first is no address",)
        subscribe(session, COUNTY, **good, entries=2, refused=3, first_refused=bad)
        gambling = replace(COUNTY, list_id="gambling-county", name="Gambling, from the county",
                           category="gambling")  # fmt: skip
        keep(session, "gambling-county", "gambling", "bets.example\nodds.example\n")
        subscribe(
            session, gambling, **{**good, "state": "held"}, entries=1, digest="d1" * 32, come=1,
            gone=2, first_come=("new.example",), first_gone=("bets.example", "odds.example"),
            trouble="It had 4,600,000 names and now has 312: kept the old one.",
        )  # fmt: skip
        games = replace(COUNTY, list_id="games-county", name="Games, from the county",
                        category="games")  # fmt: skip
        subscribe(session, games, **{**good, "state": "failed"}, failures=3,
                  trouble="The server did not answer.")  # fmt: skip
        drugs = replace(COUNTY, list_id="drugs-county", name="Drugs", category="drugs")
        subscribe(session, drugs, state="fetching", done=1_500_000, total=4_000_000)
        keep(session, "dating-file", "dating", "dates.example\n", at=now - timedelta(days=60))
        keep(session, "old-vpn", "vpn", "tunnel.example\n", source="/home/a/vpn.txt")
        lists.enable(session, "old-vpn", enabled=False)
        keep(session, "licensed", "illegal", "terrible.example\n", hashed=True)
