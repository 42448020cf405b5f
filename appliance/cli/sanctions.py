"""``bellgate sanctions``: who is kept from the internet, and who sits beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from appliance import clock
from appliance.cli import restricting, times
from appliance.cli.errors import InputError, warn
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table, printable
from appliance.policy import spans
from appliance.policy.model import Sanction, SubjectKind, SupervisedSession
from appliance.policy.sanctioned import devices_of, touches

if TYPE_CHECKING:
    from appliance.store.sanctions import KeptSanction

NUMBER: Final = click.IntRange(1, (1 << 63) - 1)  # what the store can count to


@click.group("sanctions")
def sanctions_command() -> None:
    """Keep a person or device from the internet for a while; sit beside one.

    Under a sanction, helplines and the policy's short list stay open, nothing else. In a
    supervised session the ordinary policy holds again, until the lesson ends.
    """


@sanctions_command.command("add")
@click.option("--for", "who", required=True, metavar="WHO", help=restricting.WHO_HELP)
@click.option("--until", "until_text", metavar="WHEN",
              help="`today`, a date (that day included) or an ISO time.  [default: until lifted]",
              )  # fmt: skip
@click.option("--reason", required=True, help="Why: kept with it, for those who need to know.")
@click.option("--clause", metavar="ID",
              help="The clause of the policy.  [default: that of circumvention]")  # fmt: skip
@data_option
@json_option
def add(
    who: str, until_text: str | None, reason: str, clause: str | None, data: Path, as_json: bool
) -> None:
    """Put somebody under a sanction, from now until then.

    \b
    bellgate sanctions add --for person:pip --until 2026-11-27 --reason "Looked for a VPN"
    """
    from appliance.cli import storing
    from appliance.store import sanctions

    if not reason.strip():
        raise InputError("--reason: say why")
    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        at, contents = storing.moment(snapshot), snapshot.contents
        zone = contents.calendar.zone
        subject = restricting.restricted(who, contents)
        rests_on = contents.circumvention_clause if clause is None else clause
        text = restricting.clause_text(session, rests_on, given=clause is not None)
        wanted = Sanction(id="", subject=subject, start=at, clause=rests_on, text=text,
                          end=restricting.until(until_text, at, zone))  # fmt: skip
        made = sanctions.add(
            session, wanted, author=storing.author(), reason=reason, at=clock.real()
        )
        restricting.tell(session, "made", subject, reason, sanction=made.id, clause=rests_on,
                         until=made.end and made.end.isoformat(), source="")  # fmt: skip
        kept = sanctions.get(session, made.id)
    if subject.kind is SubjectKind.PERSON and not devices_of(subject, contents):
        warn(f"Note: no device is registered as {subject.id}'s: the sanction holds only where they "
             "sign in to the network by name.")  # fmt: skip
    if as_json:
        assert kept is not None, "it was made just now"
        print_json(restricting.fields(kept, [], zone, at))
        return
    ends = f"until {times.spoken(made.end, zone)}" if made.end else "until it is lifted"
    print(f"{made.id}: {restricting.named(subject)} is under a sanction {ends}.")


@sanctions_command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that have ended, too.")
@data_option
@json_option
def list_(every: bool, data: Path, as_json: bool) -> None:
    """List who is under a sanction, and who sits beside them."""
    from appliance.cli import storing
    from appliance.store import sanctions, supervision

    with storing.read(data) as session:
        snapshot = storing.contents_now(session)
        now, contents = storing.moment(snapshot), snapshot.contents
        own = sanctions.kept(session)
        beside = supervision.sessions(session, ended_after=None if every else now)
    zone, ids = contents.calendar.zone, {one.sanction.id for one in own}
    found = [
        one
        for one in (*own, *(_of_policy(s) for s in contents.sanctions if s.id not in ids))
        if every or one.runs(now)
    ]
    by = {
        one.sanction.id: [
            s for s in beside if touches(s.session.subject, one.sanction.subject, contents)
        ]
        for one in found
    }
    if as_json:
        print_json([
            restricting.fields(one, by[one.sanction.id], zone, now,
                               of_policy=one.sanction.id not in ids)
            for one in found
        ])  # fmt: skip
        return
    rows = [
        (
            one.sanction.id, restricting.named(one.sanction.subject),
            restricting.ends(one.sanction.end, zone), printable(one.author), printable(one.reason),
            ", ".join(f"{s.id}: {printable(s.session.staff)} until "
                      f"{times.local(s.session.end, zone):%H:%M}" for s in by[one.sanction.id]),
        )
        for one in found
    ]  # fmt: skip
    columns = ("ID", "ON", "UNTIL", "BY", "REASON", "SUPERVISED")
    print_table(columns, rows, "Nobody is under a sanction.")


@sanctions_command.command("lift")
@click.argument("id_", metavar="ID")
@click.option("--reason", required=True, help="Why: kept with it.")
@data_option
@json_option
def lift(id_: str, reason: str, data: Path, as_json: bool) -> None:
    """End a sanction now. It stays on record."""
    from appliance.cli import storing
    from appliance.store import sanctions

    if not reason.strip():
        raise InputError("--reason: say why")
    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        now, kept = storing.moment(snapshot), sanctions.get(session, id_)
        lifted = sanctions.lift(session, id_, at=now, by=storing.author(), reason=reason)
        if kept is None or not lifted:
            restricting.none_such(id_, snapshot.contents, own=kept is not None)
        restricting.tell(session, "lifted", kept.sanction.subject, reason, sanction=id_)
    if as_json:
        print_json({"lifted": id_})
        return
    print(f"{id_}: lifted.")


@sanctions_command.command("supervise")
@click.argument("id_", metavar="ID")
@click.option("--staff", required=True, metavar="NAME", help="Who sits beside them.")
@click.option("--device", metavar="ID", help="Only this one of the person's devices.")
@data_option
@json_option
def supervise(id_: str, staff: str, device: str | None, data: Path, as_json: bool) -> None:
    """Begin a supervised session under sanction ID, until the running lesson ends.

    \b
    bellgate sanctions supervise S3 --staff "A. Teacher" --device tablet-8
    """
    from appliance.cli import storing
    from appliance.store import sanctions, supervision

    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        at, contents = storing.moment(snapshot), snapshot.contents
        held = next((s for s in contents.sanctions if s.id == id_), None)
        if held is None or not held.start <= at or (held.end is not None and held.end <= at):
            own = sanctions.get(session, id_) is not None or held is not None
            restricting.none_such(id_, contents, own=own)
        subject = restricting.narrowed(device, held, contents)
        ends = spans.end_of_supervision(subject, at, snapshot)
        wanted = SupervisedSession(subject=subject, start=at, end=ends, staff=staff)
        kept = supervision.supervise(session, wanted, account=f"command:{storing.author()}")
        restricting.tell(session, "supervision_begun", subject, sanction=id_, supervised=kept.id,
                         until=ends.isoformat(), staff=kept.session.staff)  # fmt: skip
    zone = contents.calendar.zone
    if as_json:
        print_json(restricting.session_fields(kept, zone))
        return
    of, when = restricting.named(subject), times.spoken(ends, zone)
    print(f"{kept.id}: {printable(kept.session.staff)} supervises {of} until {when}.")


@sanctions_command.command("end")
@click.argument("number", metavar="SESSION", type=NUMBER)
@data_option
@json_option
def end(number: int, data: Path, as_json: bool) -> None:
    """End supervised session SESSION now (`bellgate sanctions list` shows its number)."""
    from appliance.cli import storing
    from appliance.store import supervision

    with storing.opened(data) as session:
        now, kept = storing.moment(storing.contents_now(session)), supervision.get(session, number)
        ended = supervision.end(session, number, at=now, by=f"command:{storing.author()}")
        if kept is None or not ended:
            raise InputError(f"no supervised session {number} runs (`bellgate sanctions list`)")
        restricting.tell(session, "supervision_ended", kept.session.subject, supervised=number)
    if as_json:
        print_json({"ended": number})
        return
    print(f"{number}: ended.")


def _of_policy(sanction: Sanction) -> KeptSanction:
    from appliance.store.sanctions import KeptSanction

    return KeptSanction(
        sanction=sanction, author="policy file", reason=sanction.text, made=sanction.start
    )
