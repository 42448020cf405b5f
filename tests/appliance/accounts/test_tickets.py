"""A secret opens what it is for, once, in its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.accounts import tickets
from appliance.accounts.tickets import LASTS, Kind
from appliance.store.account_tables import TicketRow
from appliance.store.session import Store

AT = datetime(2026, 11, 23, 10, 35, tzinfo=UTC)


def test_it_works_once(store: Store) -> None:
    with store.session() as session:
        secret = tickets.issue(session, Kind.LINK, at=AT, account=1)
        found = tickets.find(session, Kind.LINK, secret, at=AT)
        assert found is not None
        assert found.account == 1
        assert tickets.use(session, Kind.LINK, secret, at=AT) == found
        assert tickets.use(session, Kind.LINK, secret, at=AT) is None
        assert tickets.find(session, Kind.LINK, secret, at=AT) is None


@pytest.mark.parametrize("kind", Kind)
def test_it_ends(store: Store, kind: Kind) -> None:
    with store.session() as session:
        secret = tickets.issue(session, kind, at=AT, account=1)
        last = AT + LASTS[kind]
        assert tickets.find(session, kind, secret, at=last - timedelta(seconds=1)) is not None
        assert tickets.use(session, kind, secret, at=last) is None
        assert tickets.use(session, kind, secret, at=AT - timedelta(hours=1)) is None


def test_it_opens_nothing_else(store: Store) -> None:
    with store.session() as session:
        secret = tickets.issue(session, Kind.LINK, at=AT, account=1)
        assert tickets.use(session, Kind.INVITATION, secret, at=AT) is None
        assert tickets.use(session, Kind.LINK, secret + "x", at=AT) is None
        assert tickets.use(session, Kind.LINK, "", at=AT) is None


def test_a_new_invitation_makes_the_one_before_worthless(store: Store) -> None:
    with store.session() as session:
        first = tickets.issue(session, Kind.INVITATION, at=AT, account=1)
        second = tickets.issue(session, Kind.INVITATION, at=AT, account=1)
        assert tickets.use(session, Kind.INVITATION, first, at=AT) is None
        assert tickets.use(session, Kind.INVITATION, second, at=AT) is not None


def test_the_database_never_has_the_secret(store: Store) -> None:
    with store.session() as session:
        secret = tickets.issue(session, Kind.LINK, at=AT, account=1)
        assert all(secret not in row.id for row in session.query(TicketRow))
