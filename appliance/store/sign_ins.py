"""Who signed in on which device: by the portal, or as the school's Wi-Fi says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import Session

from appliance.policy.subjects import Person, Role
from appliance.store import checks
from appliance.store.account_tables import AccountRow
from appliance.store.gateway_tables import SignInRow
from appliance.store.known import vocabulary
from appliance.store.tables import PersonRow

PORTAL: Final = "portal"
RADIUS: Final = "radius"
KEPT: Final = timedelta(days=30)  # after its end: what a replay and the log are looked up in
_STRICTEST: Final = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody on a device, as in ``SignInRow``. ends: the moment from which it counts no more."""

    person: str
    how: str
    by: str
    mac: str = ""
    addresses: tuple[str, ...] = ()
    session: str = ""
    starts: datetime
    ends: datetime
    id: int = 0


def begin(session: Session, new: SignedIn) -> SignedIn:
    """Add a sign-in. Who was signed in the same way on the same device is so no longer.

    Raises:
        ValueError: names the field that is wrong.
    """
    checks.span(new.starts, new.ends)
    if not new.mac and not new.addresses:
        raise ValueError("device: neither a MAC nor an address")
    mac = checks.mac("mac", new.mac) if new.mac else ""
    addresses = tuple(checks.address("addresses", one) for one in new.addresses)
    before = select(SignInRow).where(
        SignInRow.ends > new.starts, SignInRow.mac == mac, SignInRow.how == new.how
    )
    for known in session.scalars(before).all():
        if _same_device(_signed_in(known), mac, addresses):
            end(session, known.id, at=new.starts)
    row = SignInRow(
        addresses=addresses, mac=mac, person=new.person, how=new.how,
        by=checks.filled("by", new.by), session=new.session, changed=_next(session),
        starts=new.starts, ends=new.ends,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _signed_in(row)


def end(session: Session, id_: int, *, at: datetime) -> bool:
    """End a sign-in now; False when there is none that still counts."""
    row = session.get(SignInRow, id_)
    if row is None or row.ends <= at:
        return False
    row.ends, row.changed = max(at, row.starts), _next(session)
    session.flush()
    return True


def prolong(session: Session, id_: int, *, ends: datetime, addresses: Iterable[str] = ()) -> None:
    """Let a sign-in count for longer, on these addresses of the device too."""
    row = session.get_one(SignInRow, id_)
    more = tuple(dict.fromkeys((*row.addresses, *addresses)))
    if more != row.addresses or ends > row.ends:
        row.addresses, row.ends, row.changed = more, max(ends, row.ends), _next(session)
    session.flush()


def running(session: Session, at: datetime) -> tuple[SignedIn, ...]:
    """Return the sign-ins that have not ended at an instant, the oldest first."""
    query = select(SignInRow).where(SignInRow.ends > at).order_by(SignInRow.id)
    return tuple(_signed_in(row) for row in session.scalars(query))


def forget_sessions(session: Session, begins: str, *, at: datetime) -> int:
    """End every sign-in that the Wi-Fi calls by a name that begins so; the names may come again."""
    named = SignInRow.session.startswith(begins, autoescape=True)
    rows = session.scalars(select(SignInRow).where(named)).all()
    for row in rows:
        end(session, row.id, at=at)
        row.session = ""
    session.flush()
    return len(rows)


def take_addresses(session: Session, mac: str, addresses: Iterable[str], *, at: datetime) -> None:
    """Take addresses from the other devices that had them: they are a newcomer's now."""
    for address in addresses:
        held = cast(SignInRow.addresses, String).contains(f'"{address}"', autoescape=True)
        others = SignInRow.mac.not_in((mac, ""))
        for row in session.scalars(select(SignInRow).where(SignInRow.ends > at, others, held)):
            row.addresses = tuple(one for one in row.addresses if one != address)
            row.changed = _next(session)
    session.flush()


def of_session(session: Session, called: str) -> SignedIn | None:
    """Return the newest sign-in that the Wi-Fi calls so, ended or not."""
    query = select(SignInRow).where(SignInRow.session == called).order_by(SignInRow.id.desc())
    row = session.scalars(query.limit(1)).first()
    return None if row is None else _signed_in(row)


def on_device(
    session: Session, at: datetime, *, mac: str = "", addresses: Sequence[str] = ()
) -> tuple[SignedIn, ...]:
    """Return what was said of a device at an instant, past or present, the oldest first."""
    query = select(SignInRow).where(
        SignInRow.starts <= at, SignInRow.ends > at, SignInRow.mac == mac
    )
    found = [_signed_in(row) for row in session.scalars(query.order_by(SignInRow.id))]
    return tuple(one for one in found if _same_device(one, mac, tuple(addresses)))


def said_of(
    session: Session, person: str, at: datetime, *, mac: str, address: str
) -> SignedIn | None:
    """Return the sign-in by which a device was somebody's at an instant; None: by none.

    It finds what ``identity.sign_ins`` would have found then.
    """
    query = select(SignInRow).where(
        SignInRow.person == person, SignInRow.starts <= at, SignInRow.ends > at
    )
    for row in session.scalars(query.order_by(SignInRow.how.desc(), SignInRow.id.desc())):
        far = not mac and (not row.mac or row.how == RADIUS) and address in row.addresses
        if far or (mac and row.mac == mac):
            return _signed_in(row)
    return None


def counting(session: Session, at: datetime) -> tuple[SignedIn, ...]:
    """Return the sign-ins of known people. The portal's count while their account may sign in."""
    linked = dict(_linked(session))
    return tuple(
        one
        for one in running(session, at)
        if one.person and (one.how != PORTAL or linked.get(one.by) == one.person)
    )


def state(session: Session) -> tuple[object, ...]:
    """Return what ``counting`` rests on, in short: it differs when the answer may."""
    return session.scalar(select(func.max(SignInRow.changed))), _linked(session)


def ranks(session: Session) -> Mapping[str, int]:
    """Return how restricted each person's role is: the higher, the more."""
    known = vocabulary(session)
    roles: tuple[Role, ...] = known.roles if known is not None else ()
    people: tuple[Person, ...] = known.people if known is not None else ()
    rank = {role.id: role.rank for role in roles}
    found = {one.id: rank.get(one.role, _STRICTEST) for one in people}
    for id_, role in session.execute(select(PersonRow.id, PersonRow.role)):
        found[id_] = rank.get(role, _STRICTEST)
    return found


def prune(session: Session, at: datetime) -> int:
    """Forget what ended long ago; return how many. The newest change is kept: it counts on."""
    newest = select(func.max(SignInRow.changed)).scalar_subquery()
    old = delete(SignInRow).where(SignInRow.ends < at - KEPT, SignInRow.changed < newest)
    return len(session.scalars(old.returning(SignInRow.id)).all())


def _linked(session: Session) -> tuple[tuple[str, str], ...]:
    query = select(AccountRow.login, AccountRow.person).where(
        AccountRow.enabled, AccountRow.person.is_not(None)
    )
    rows = session.execute(query.order_by(AccountRow.login))
    return tuple((login, person or "") for login, person in rows)


def _same_device(one: SignedIn, mac: str, addresses: tuple[str, ...]) -> bool:
    if one.mac or mac:
        return one.mac == mac
    return bool(set(one.addresses) & set(addresses))


def _next(session: Session) -> int:
    return (session.scalar(select(func.max(SignInRow.changed))) or 0) + 1


def _signed_in(row: SignInRow) -> SignedIn:
    return SignedIn(
        id=row.id, person=row.person, how=row.how, by=row.by, mac=row.mac,
        addresses=row.addresses, session=row.session, starts=row.starts, ends=row.ends,
    )  # fmt: skip
