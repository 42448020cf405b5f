"""Subscriptions as people make, change and remove them, and how the last fetch of each went.

What the core notes while it fetches is in ``store.fetches``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.lists.subscription import (
    LONGEST_EVERY,
    SHORTEST_EVERY,
    Subscription,
    checked_address,
)
from appliance.policy.model import CategoryClass
from appliance.store import audit, checks
from appliance.store.known import vocabulary
from appliance.store.list_tables import FetchRow, ListRow, SubscriptionRow

BUSY: Final = ("fetching", "reading")
_SOURCE: Final = frozenset({"address", "format", "category"})
_CHANGEABLE: Final = frozenset(
    {"name", "address", "format", "category", "licence", "attribution", "every", "most_change",
     "enabled"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """How the last fetch went: the fields of ``list_tables.FetchRow``, which explains them."""

    state: str
    tried: datetime | None = None
    succeeded: datetime | None = None
    asked: datetime | None = None
    etag: str = ""
    modified: str = ""
    done: int = 0
    total: int | None = None
    entries: int = 0
    refused: int = 0
    trouble: str = ""
    first_refused: tuple[str, ...] = ()
    digest: str = ""
    accept: str = ""
    failures: int = 0
    due: datetime | None = None
    come: int = 0
    gone: int = 0
    first_come: tuple[str, ...] = ()
    first_gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription and how its last fetch went."""

    subscription: Subscription
    fetch: Fetch


def add(session: Session, subscription: Subscription, *, files: bool = False) -> Subscribed:
    """Subscribe to a list: it is fetched at the next turn of the core.

    files: whether the address may be a file of the appliance (see ``checked_address``).

    Raises:
        ValueError: a field is wrong, or there is a subscription of that id.
    """
    checked = _checked(session, subscription, files=files)
    if session.get(SubscriptionRow, checked.list_id) is not None:
        raise ValueError(f"id: there is a subscription {checked.list_id!r} already")
    row = SubscriptionRow(list_id=checked.list_id)
    _fill(row, checked)
    session.add(row)
    session.flush()
    session.add(FetchRow(list_id=checked.list_id, **_fields(Fetch(state="waiting"))))
    session.flush()
    _tell(session, checked.list_id)
    return Subscribed(checked, Fetch(state="waiting"))


def change(
    session: Session, list_id: str, *, files: bool = False, **fields: str | int | float | bool
) -> Subscribed | None:
    """Change fields of a subscription; None when there is none of that id.

    One with another address, format or category is fetched anew at the next turn, whole.

    Raises:
        ValueError: a field is wrong, or none that can be changed.
        KeyError: no such field.
    """
    row = session.get(SubscriptionRow, list_id)
    if row is None:
        return None
    odd = sorted(set(fields) - _CHANGEABLE)
    if odd:
        raise KeyError(f"{odd[0]} cannot be changed")
    old = _subscription(row)
    # An address that stays is not judged again: it may be a file that the console named.
    checked = _checked(
        session,
        replace(old, **fields),  # type: ignore[arg-type]  # names are checked, values below
        files=files or fields.get("address", old.address) == old.address,
    )
    _fill(row, checked)
    fetch = _fetch_row(session, list_id)
    if any(getattr(old, name) != getattr(checked, name) for name in _SOURCE):
        fetch.etag = fetch.modified = ""
        fetch.due, fetch.failures = None, 0
    session.flush()
    _tell(session, list_id)
    return Subscribed(checked, _fetch(fetch))


def remove(session: Session, list_id: str) -> bool:
    """End a subscription; its list stays (``store.lists.remove``). False: there was none."""
    row = session.get(SubscriptionRow, list_id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    _tell(session, list_id)
    return True


def get(session: Session, list_id: str) -> Subscribed | None:
    """Return a subscription; None: there is none of that id."""
    row = session.get(SubscriptionRow, list_id)
    if row is None:
        return None
    return Subscribed(_subscription(row), _fetch(_fetch_row(session, list_id)))


def list_(session: Session) -> tuple[Subscribed, ...]:
    """Return every subscription, by id."""
    rows = session.scalars(select(SubscriptionRow).order_by(SubscriptionRow.list_id))
    return tuple(
        Subscribed(_subscription(row), _fetch(_fetch_row(session, row.list_id))) for row in rows
    )


def due(session: Session, now: datetime) -> tuple[Subscription, ...]:
    """Return what is to be fetched now: asked for by somebody first, then the longest overdue.

    ``now`` is real time. A time tried that lies ahead is of a clock that went wrong: due.
    """
    found = [one for one in list_(session) if one.subscription.enabled and _is_due(one.fetch, now)]
    found.sort(key=lambda one: (one.fetch.asked is None, one.fetch.asked or one.fetch.due or now))
    return tuple(one.subscription for one in found)


def ask_now(session: Session, list_id: str, at: datetime) -> bool:
    """Have a list fetched at the next turn; False: there is no subscription of that id."""
    if session.get(SubscriptionRow, list_id) is None:
        return False
    _fetch_row(session, list_id).asked = at
    session.flush()
    _tell(session, list_id)
    return True


def accept(session: Session, list_id: str, digest: str, at: datetime) -> bool:
    """Have a held change taken at the next turn, as it was when it was looked at.

    False: no change is held there, or another than the one with that digest.
    """
    if session.get(SubscriptionRow, list_id) is None:
        return False
    fetch = _fetch_row(session, list_id)
    if fetch.state != "held" or fetch.digest != digest or not digest:
        return False
    fetch.accept, fetch.asked = digest, at
    session.flush()
    _tell(session, list_id)
    return True


def secret(session: Session, category: str) -> bool:
    """Whether names of a category are kept as digests alone: the illegal class."""
    known = vocabulary(session)
    kinds = {c.id: c.kind for c in known.categories} if known is not None else {}
    return kinds.get(category) is CategoryClass.ILLEGAL or category == "illegal"


def _is_due(fetch: Fetch, now: datetime) -> bool:
    if fetch.asked is not None or fetch.due is None or fetch.due <= now:
        return True
    return fetch.tried is not None and fetch.tried > now


def _checked(session: Session, given: Subscription, *, files: bool) -> Subscription:
    from appliance.lists.formats import Format

    if given.format not in {one.value for one in Format}:
        raise ValueError(f"format: {given.format!r} is none of {', '.join(Format)}")
    known = vocabulary(session)
    if known is not None and given.category not in {c.id for c in known.categories}:
        raise ValueError(f"category: the policy has no category {given.category!r}")
    if not SHORTEST_EVERY <= given.every <= LONGEST_EVERY:
        raise ValueError(f"every: {SHORTEST_EVERY} to {LONGEST_EVERY} hours")
    if not 0 < given.most_change <= 1:
        raise ValueError("most_change: more than 0 and at most 1 (0.5: half of the names)")
    checks.span(given.made, None)
    return replace(
        given, list_id=checks.word("id", given.list_id), name=checks.filled("name", given.name),
        address=checked_address(given.address, files=files),
        category=checks.word("category", given.category),
    )  # fmt: skip


def _fill(row: SubscriptionRow, given: Subscription) -> None:
    for name in (*sorted(_CHANGEABLE), "preset", "made", "made_by"):
        setattr(row, name, getattr(given, name))


def _subscription(row: SubscriptionRow) -> Subscription:
    return Subscription(**_of(row, Subscription.__slots__))  # type: ignore[arg-type]


def _fetch(row: FetchRow) -> Fetch:
    return Fetch(**_of(row, Fetch.__slots__))  # type: ignore[arg-type]


def _fetch_row(session: Session, list_id: str) -> FetchRow:
    row = session.get(FetchRow, list_id)
    assert row is not None, "each subscription has one"
    return row


def _fields(fetch: Fetch) -> dict[str, object]:
    return _of(fetch, Fetch.__slots__)


def _of(value: object, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(value, name) for name in names}


def _tell(session: Session, list_id: str) -> None:
    audit.unspoken(session).note(f"subscription {list_id}")


def listed(session: Session, list_id: str) -> bool:
    """Whether the list of a subscription is there: its first fetch went well."""
    return session.get(ListRow, list_id) is not None
