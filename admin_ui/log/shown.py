"""A row of the log as one reader sees it: with a name, with a pseudonym, never more than that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from admin_ui.log import saying
from admin_ui.log.pseudonyms import pseudonym, shortened
from admin_ui.log.reader import Reader
from admin_ui.log.visibility import Sight
from admin_ui.words import role_name
from appliance.attempts.attempt import WITHHELD, Attempt
from appliance.policy.model import Reason
from appliance.store.attempts import KeptAttempt
from appliance.store.notes import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row in words. day: in the school's zone, as an address names it.

    whom: kind and id for links, None where it is nobody to be opened.
    what: the address of the page, or the host. illegal: nothing of it is shown but the notice.
    device, address, mac, groups, search: empty where this reader does not see them.
    """

    id: int
    at: datetime
    last: datetime
    day: str
    name: str
    whom: tuple[str, str] | None
    role: str
    what: str
    illegal: bool
    verdict: str
    blocked: bool
    because: str
    period: str
    seen: str
    noise: bool
    times: str
    count: int
    lookups: int
    service: str
    category: str
    network: str
    rule: str
    clause: str
    method: str
    layer: str
    device: str = ""
    address: str = ""
    mac: str = ""
    groups: str = ""
    search: str = ""
    notes: int = 0
    concern: bool = False


def shown(
    rows: Iterable[KeptAttempt], reader: Reader, notes: Mapping[int, tuple[Note, ...]], *,
    own: bool = False,
) -> list[Shown]:  # fmt: skip
    """Return rows as a reader sees them. own: their own, which are theirs to read by name.

    Fails closed: a row that the query should not have found is left out once more here.
    """
    found = []
    for kept in rows:
        attempt = kept.attempt
        staff = reader.staff.is_(attempt.role, attempt.person)
        mine = own and attempt.person != "" and attempt.person == reader.account.person
        sight = Sight.NAME if mine else reader.seen.sight(staff=staff)
        if sight is not Sight.CLOSED:
            found.append(_shown(kept, reader, notes.get(kept.id, ()), sight, mine))
    return found


def whom(attempt: Attempt) -> tuple[str, str]:
    """Return who a row is about: a person, else a device, else an address."""
    if attempt.person:
        return "person", attempt.person
    if attempt.device or attempt.mac:
        return "device", attempt.device or attempt.mac
    return "address", attempt.address


def name_of(kind: str, id_: str, reader: Reader, device_name: str = "") -> str:
    """Return what somebody is called. Fails closed: of whom a reader may not know, what was asked.

    The rows themselves were found for this reader: what is in them may be told.
    """
    if kind == "person":
        return reader.open_people.get(id_, id_)
    if kind == "device" and not reader.hides_device(id_):
        named = {d.id: d.name for d in reader.view.snapshot.contents.devices}
        return named.get(id_) or device_name or id_
    return id_


def _shown(
    kept: KeptAttempt, reader: Reader, notes: tuple[Note, ...], sight: Sight, mine: bool
) -> Shown:
    attempt, contents = kept.attempt, reader.view.snapshot.contents
    illegal = attempt.reason == Reason.ILLEGAL or attempt.host == WITHHELD
    pages = reader.seen.pages or mine
    category = next((c.name for c in contents.categories if c.id == attempt.category), "")
    service = next((s.name for s in contents.services if s.id == attempt.service), "")
    page = (attempt.url or attempt.host) if pages else attempt.host
    kind, id_ = whom(attempt)
    role = role_name(reader.view, attempt.role)
    by_name = sight is Sight.NAME
    closer = _closer(attempt, reader) if by_name else {"address": shortened(attempt.address)}
    return Shown(
        id=kept.id, at=attempt.at, last=attempt.last, role=role,
        day=attempt.at.astimezone(reader.view.zone).date().isoformat(),
        name=reader.account.name if mine
        else name_of(kind, id_, reader, attempt.device_name) if by_name
        else pseudonym(reader.key, role, kind, id_, attempt.at, reader.view.zone),
        whom=(kind, id_) if by_name and not mine else None,
        what="" if illegal else page, illegal=illegal, noise=attempt.visit.value == "background",
        verdict=saying.VERDICTS.get(attempt.verdict, attempt.verdict),
        blocked=attempt.verdict == "block",
        because=saying.because(attempt, category or attempt.category, contents.policy.short),
        period=attempt.period or saying.PERIODS.get(attempt.period_kind, ""),
        seen=saying.seen(attempt), times=saying.times(attempt.count),
        count=attempt.count, lookups=kept.lookups,
        service="" if illegal else service or attempt.service,
        category="" if illegal else category or attempt.category, network=attempt.network,
        rule=attempt.rule, clause=attempt.clause, method=attempt.method if pages else "",
        layer=saying.LAYERS.get(attempt.layer.value, ""),
        search=attempt.search if pages and not illegal else "",
        notes=len(notes), concern=any(note.open for note in notes), **closer,
    )  # fmt: skip


def _closer(attempt: Attempt, reader: Reader) -> dict[str, str]:
    named = {group.id: group.name for group in reader.view.snapshot.contents.groups}
    return {
        "device": attempt.device_name or attempt.device, "address": attempt.address,
        "mac": attempt.mac, "groups": ", ".join(named.get(g, g) for g in attempt.groups),
    }  # fmt: skip
