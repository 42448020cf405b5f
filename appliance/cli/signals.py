"""``bellgate signals``: who may look for a way round the gate, why, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from appliance import clock
from appliance.circumvention.rulings import State, counted
from appliance.circumvention.signals import signal_of
from appliance.circumvention.weigh import Assessment, Level, assess
from appliance.cli import times
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from appliance.circumvention.rulings import Ruling
    from appliance.store.signals import Sighting

STATES: Final = {"seen": State.SEEN, "false-alarm": State.FALSE_ALARM}


@click.group("signals")
def signals_command() -> None:
    """Signs of ways round the gate, weighed for each person or device over days.

    A sign is no proof. What each is and weighs: `bellgate signals weights`.
    """


@signals_command.command("list")
@click.option("--all", "every", is_flag=True,
              help="Also what was seen to, false alarms, and what weighs too little.")  # fmt: skip
@data_option
@json_option
def list_(every: bool, data: Path, as_json: bool) -> None:
    """List who waits for a look, what weighs most first."""
    from appliance.cli import storing

    with storing.read(data) as session:
        found, zone = _weighed(session), storing.zone_of(session)
    shown = [one for one in found if every or one[1].level is not Level.NONE]
    shown.sort(key=lambda one: (-one[1].score, -one[2].score, one[0].client))
    if as_json:
        print_json([_told(*one) for one in shown])
        return
    rows = [
        (seen.client, now.level.value, f"{now.score:.1f}",
         f"{times.local(max(e.last for e in seen.events), zone):%Y-%m-%d %H:%M}",
         "; ".join(reason.words for reason in (now if now.reasons else whole).reasons)
         + (f" [{ruling.state.value.replace('_', ' ')}]" if ruling else ""))
        for seen, now, whole, ruling in shown
    ]  # fmt: skip
    print_table(("CLIENT", "LEVEL", "SCORE", "LAST", "WHY"), rows, "Nobody waits for a look.")


@signals_command.command("show")
@click.argument("client")
@data_option
@json_option
def show(client: str, data: Path, as_json: bool) -> None:
    """Show the reasons and the evidence on CLIENT, such as `person:sam` or `device:pc-3`."""
    from appliance.cli import storing
    from appliance.store import signals
    from appliance.store.attempt_wanted import Scope

    with storing.read(data) as session:
        zone, at = storing.zone_of(session), _at(session)
        one = _one(session, client)
        since = at - signals.weights(session).window
        who = (one[0].kind, one[0].id)
        rows = signals.evidence(session, Scope(everybody=True), who, since)
    lines = [(row.attempt, signal_of(row.attempt)) for row in rows]
    if as_json:
        evidence = [
            {"at": a.at, "last": a.last, "count": a.count, "signal": s, "host": a.host,
             "verdict": a.verdict, "evidence": a.evidence}
            for a, s in lines
        ]  # fmt: skip
        print_json(_told(*one) | {"evidence": evidence})
        return
    _, now, whole, ruling = one
    print(f"{client}: {now.level.value}, score {now.score:.1f}.")
    if ruling is not None:
        print(
            f"Said by {ruling.by}: {ruling.state.value.replace('_', ' ')}. {ruling.note}".rstrip()
        )
    for reason in whole.reasons:
        print(f"- {reason.words}; {reason.points:.1f} points")
    table = [
        (f"{times.local(a.at, zone):%Y-%m-%d %H:%M}", str(s), a.evidence or a.host, str(a.count),
         a.verdict)
        for a, s in lines
    ]  # fmt: skip
    print_table(("WHEN", "SIGN", "WHAT", "TIMES", "VERDICT"), table, "There is no evidence left.")


@signals_command.command("rule")
@click.argument("client")
@click.argument("said", type=click.Choice([*STATES, "withdraw"]))
@click.option("--until", "until_text", metavar="WHEN",
              help="The end of a false alarm: a date (included) or an ISO time.")  # fmt: skip
@click.option("--note", default="", help="Why: kept with it and in the audit log.")
@data_option
@json_option
def rule(
    client: str, said: str, until_text: str | None, note: str, data: Path, as_json: bool
) -> None:
    """Say that the signs of CLIENT were seen to, or are a false alarm; or take that back.

    \b
    bellgate signals rule person:sam seen --note "We talked"
    bellgate signals rule device:pc-3 false-alarm --until 2026-12-18 --note "Its virus scanner"
    """
    from appliance.cli import storing
    from appliance.store import signals

    with _ruling(data) as session:
        if said == "withdraw":
            if not signals.withdraw(session, client):
                raise InputError(f"CLIENT: nothing was said of {client!r}")
            _record(session, "signal.withdrawn", client, note)
            made = None
        else:
            if said == "false-alarm" and not note.strip():
                raise InputError("--note: say why it is a false alarm")
            seen = _one(session, client)[0]
            zone = storing.zone_of(session)
            until = _end(until_text, zone) if until_text else None
            kinds = sorted({event.signal for event in seen.events})
            made = signals.rule(session, client, STATES[said], by=_by(), at=_at(session),
                                kinds=kinds, until=until, note=note)  # fmt: skip
            end = until.isoformat() if until else ""
            _record(session, f"signal.{STATES[said].value}", client, note,
                    kinds=[k.value for k in kinds], until=end)  # fmt: skip
    if as_json:
        print_json(None if made is None else _plain(made))
    else:
        print(f"{client}: {said.replace('-', ' ')}.")


@signals_command.command("weights")
@click.option("--set", "changes", multiple=True, metavar="NAME=NUMBER",
              help="Change one figure; can be given more than once.")  # fmt: skip
@click.option("--reset", is_flag=True, help="All figures as they came with the appliance.")
@data_option
@json_option
def weights(changes: tuple[str, ...], reset: bool, data: Path, as_json: bool) -> None:
    """Show what each sign weighs, or change it for this school.

    \b
    bellgate signals weights --set likely=9 --set vpn_name.most=6
    """
    from appliance.circumvention.weights import shipped
    from appliance.cli import storing
    from appliance.store import signals

    if reset and changes:
        raise InputError("--reset: not together with --set")
    if reset or changes:
        with _ruling(data) as session:
            wanted = dict(map(_figure, changes))
            found = signals.change_weights(session, wanted)
            _record(session, "signal.weights", "", "", reset=reset, changed=wanted)
    else:
        with storing.read(data) as session:
            found = signals.weights(session)
    figures, usual = found.figures(), shipped().figures()
    if as_json:
        print_json(figures)
        return
    rows = [
        (name, f"{value:g}", "" if value == usual[name] else f"comes as {usual[name]:g}")
        for name, value in figures.items()
    ]
    print_table(("FIGURE", "VALUE", ""), rows, "There are no figures.")


_One = tuple["Sighting", Assessment, Assessment, "Ruling | None"]


def _weighed(session: Session) -> list[_One]:
    """Return each client: with what counts now, with all of it, and what was said."""
    from appliance.store import signals
    from appliance.store.attempt_wanted import Scope

    at, figures = _at(session), signals.weights(session)
    said = signals.rulings(session)
    found = []
    for seen in signals.sightings(session, Scope(everybody=True), at - figures.window):
        ruling = said.get(seen.client)
        now = assess(counted(seen.events, ruling, at), at, figures)
        found.append((seen, now, assess(seen.events, at, figures), ruling))
    return found


def _one(session: Session, client: str) -> _One:
    found = next((one for one in _weighed(session) if one[0].client == client), None)
    if found is None:
        raise InputError(f"CLIENT: nothing is seen of {client!r} (`bellgate signals list --all`)")
    return found


def _told(
    seen: Sighting, now: Assessment, whole: Assessment, ruling: Ruling | None
) -> dict[str, Any]:
    return {
        "client": seen.client, "role": seen.role, "network": seen.network, "address": seen.address,
        "device_name": seen.device_name, "level": now.level, "score": round(now.score, 2),
        "reasons": [_reason(reason) for reason in now.reasons],
        "whole": {"level": whole.level, "score": round(whole.score, 2),
                  "reasons": [_reason(reason) for reason in whole.reasons]},
        "ruling": None if ruling is None else _plain(ruling),
    }  # fmt: skip


def _reason(reason: Any) -> dict[str, Any]:
    return {
        "signal": reason.signal, "words": reason.words, "points": round(reason.points, 2),
        "occasions": reason.bursts, "count": reason.count, "first": reason.first,
        "last": reason.last, "targets": list(reason.targets),
    }  # fmt: skip


def _plain(ruling: Ruling) -> dict[str, Any]:
    return {
        "state": ruling.state, "at": ruling.at, "until": ruling.until, "by": ruling.by,
        "note": ruling.note, "kinds": sorted(ruling.kinds),
    }  # fmt: skip


def _end(text: str, zone: str) -> datetime:
    """Return the end that a date (that day included) or a time means."""
    at = times.parse(text, zone, option="--until")
    return at if "T" in text or " " in text.strip() else at + timedelta(days=1)


def _figure(text: str) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    try:
        if equals:
            return name.strip(), float(number)
    except ValueError:
        pass
    raise InputError(f"--set: {text!r} is not NAME=NUMBER")


@contextmanager
def _ruling(data: Path) -> Iterator[Session]:
    """Open the store for one change; what does not fit is bad input."""
    from appliance.cli import storing

    with storing.opened(data) as session:
        try:
            yield session
        except ValueError as error:
            raise InputError(str(error)) from error


def _at(session: Session) -> datetime:
    """Return the gate's time, which a rehearsal may have moved, as the pages tell it."""
    from appliance.store import settings

    return clock.now(float(settings.get(session, "clock_offset", 0))).at


def _by() -> str:
    from appliance.cli import storing

    return f"command:{storing.author()}"


def _record(session: Session, action: str, client: str, reason: str, **detail: Any) -> None:
    from appliance.audit.chain import Entry
    from appliance.store import audit

    audit.append(session, Entry(at=clock.real(), actor=_by(), action=action, subject=client,
                                reason=reason, detail=detail))  # fmt: skip
