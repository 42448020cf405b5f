"""Every list of a gate, with the subscription that keeps it current, as commands print them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from appliance.cli import times
from appliance.cli.output import print_fields, printable
from appliance.store import lists, subscriptions
from appliance.store.lists import KeptList
from appliance.store.subscriptions import Subscribed


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: what is in force (None before the first fetch), and what keeps it current."""

    id: str
    kept: KeptList | None
    taken: Subscribed | None

    @property
    def state(self) -> str:
        """Return how it is, in a word or two."""
        if self.kept is not None and not self.kept.enabled:
            return "off"
        if self.taken is None:
            return "on"
        if not self.taken.subscription.enabled:
            return "not kept current"
        return "on" if self.taken.fetch.state in ("good", "unchanged") else self.taken.fetch.state


def every(session: Session) -> tuple[Listed, ...]:
    """Return every list, and every subscription whose list is not there yet, by id."""
    kept = {one.id: one for one in lists.list_(session)}
    taken = {one.subscription.list_id: one for one in subscriptions.list_(session)}
    return tuple(Listed(id_, kept.get(id_), taken.get(id_)) for id_ in sorted({*kept, *taken}))


def fields(one: Listed) -> dict[str, object]:
    """Return a list as scripts read it. Every key is always there."""
    blank = {"id": one.id, "category": "", "source": "", "loaded": None, "entries": 0,
             "exceptions": 0, "refused": 0, "pages": 0, "sha256": "", "enabled": True,
             "hashed": False}  # fmt: skip
    if one.taken is not None:
        what = one.taken.subscription
        blank |= {"category": what.category, "source": what.address}
    return {
        **blank,
        **(asdict(one.kept) if one.kept is not None else {}),
        "state": one.state,
        "subscription": asdict(one.taken.subscription) if one.taken is not None else None,
        "fetch": asdict(one.taken.fetch) if one.taken is not None else None,
    }


def show(one: Listed, zone: str) -> None:
    """Print all that is known of a list."""
    print(f"{one.id}: {one.state}")
    print_fields(_of_list(one, zone))
    if one.taken is None:
        return
    print_fields(_of_subscription(one.taken, zone))
    fetch = one.taken.fetch
    if fetch.trouble:
        print(printable(fetch.trouble))
    if fetch.state == "held":
        come, gone = ", ".join(fetch.first_come), ", ".join(fetch.first_gone)
        print_fields((("new", f"{fetch.come:,}: {come}" if come else ""),
                      ("gone", f"{fetch.gone:,}: {gone}" if gone else "")))  # fmt: skip
        print(f"To use it all the same: bellgate lists update {one.id} --accept")
    if fetch.first_refused:
        print("The first lines that were no names:")
        for line in fetch.first_refused[:10]:
            print(f"  line {printable(line)}")


def _of_list(one: Listed, zone: str) -> Iterator[tuple[str, str]]:
    if one.kept is None:
        return
    kept = one.kept
    yield "category", kept.category
    yield "source", printable(kept.source)
    yield "loaded", _when(kept.loaded, zone)
    yield "names", f"{kept.entries:,}"
    yield "exceptions", f"{kept.exceptions:,}" if kept.exceptions else ""
    yield "refused", f"{kept.refused:,} lines" if kept.refused else ""
    yield "pages", f"{kept.pages:,} lines name one page, left out" if kept.pages else ""
    yield "kept as", "digests alone; its names are never shown" if kept.hashed else ""


def _of_subscription(taken: Subscribed, zone: str) -> Iterator[tuple[str, str]]:
    what, fetch = taken.subscription, taken.fetch
    yield "name", printable(what.name)
    yield "address", printable(what.address)
    yield "format", what.format
    yield "licence", printable(what.licence)
    yield "attribution", printable(what.attribution)
    yield "fetched", f"every {what.every} hours"
    yield "may change", f"by {what.most_change:.0%}"
    yield "tried", _when(fetch.tried, zone)
    yield "succeeded", _when(fetch.succeeded, zone)


def _when(at: datetime | None, zone: str) -> str:
    return "" if at is None else f"{times.local(at, zone):%Y-%m-%d %H:%M}"
