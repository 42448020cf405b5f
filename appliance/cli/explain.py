"""``bellgate explain``: why, for this client, at this moment. The very engine that enforces."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from appliance import clock
from appliance.cli import hardware, sources, times, wording
from appliance.cli.errors import InputError
from appliance.cli.options import default_data, json_option
from appliance.cli.output import print_fields, print_json
from appliance.cli.places import Places
from appliance.identity.neighbours import Neighbours
from appliance.identity.sign_ins import SignIns
from appliance.policy.answer import Answer, BadMethodError, answered, question
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client

if TYPE_CHECKING:
    from appliance.publish.named_by import NamedBy


@click.command("explain")
@click.argument("what", metavar="URL-or-HOST")
@click.option("--client", "address", required=True, metavar="IP", help="Who asks: an address.")
@click.option("--mac", metavar="MAC", help="Its MAC address, where a device is registered by it.")
@click.option("--at", "at_text", metavar="ISO-TIME", help="When: the school's own wall-clock time "
              "unless an offset is given.  [default: now]")  # fmt: skip
@click.option("--method", default="GET", show_default=True, help="The HTTP method of the request.")
@click.option("--template", metavar="NAME", help="Ask a policy template, with the demo school.")
@click.option("--policy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Ask a policy file.")  # fmt: skip
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="BELLGATE_DATA",
              metavar="DIR", help="Ask what the gate on this data directory enforces.")  # fmt: skip
@json_option
@click.pass_context
def explain_command(
    ctx: click.Context, what: str, address: str, mac: str | None, at_text: str | None, method: str,
    template: str | None, policy: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Say whether a client may have a site, why, and until when.

    A bare host is judged as a whole (what DNS answers). A URL is judged as one request;
    the DNS and TLS plans beside it say how its host is carried. Without --template,
    --policy or --data the gate in the default data directory is asked, or the default
    template if there is none.

    It exits with 0 whether the answer is allow or block: it reports, and the report
    was possible. 2 means that the question could not be understood.
    """
    named = template is not None or policy is not None
    if named and ctx.get_parameter_source("data") is ParameterSource.ENVIRONMENT:
        data = None  # a flag beats the environment
    snapshot = sources.snapshot_of(template, policy, data)
    zone, offset = snapshot.contents.calendar.zone, snapshot.contents.clock_offset
    at = times.parse(at_text, zone) if at_text else clock.now(offset).at
    known = hardware.mac(mac) if mac else Neighbours().mac_of(address)
    # As the faces do: who signed in there. A policy that is only tried out knows nobody.
    run = Places(data or default_data()).run
    said = None if named else SignIns(run).presence(address, known, at)
    client = snapshot.register.resolve(address, known, said)
    answer = answered(_question(client, what, method, at), what, snapshot)
    names = _named_by(answer, snapshot, data or default_data())
    (_print_json if as_json else _print_text)(answer, snapshot, names)


def _question(client: Client, what: str, method: str, at: datetime) -> Query:
    try:
        return question(what, client, method, at)
    except BadMethodError as error:
        raise InputError(f"--method: {error}") from error


def _named_by(answer: Answer, snapshot: Snapshot, data: Path) -> tuple[NamedBy, ...]:
    """What lists say of the host. Without a store the lines are not known, all else is."""
    if not answer.lists:
        return ()  # and nobody waits for what reads a store
    from sqlalchemy.exc import SQLAlchemyError

    from appliance.cli import storing
    from appliance.publish.named_by import named_by

    try:
        with storing.read(data) as session:
            return named_by(answer.lists, snapshot, session)
    except (InputError, SQLAlchemyError):
        return named_by(answer.lists, snapshot, None)


def fields(
    answer: Answer, snapshot: Snapshot, names: tuple[NamedBy, ...] = ()
) -> dict[str, object]:
    """Return the answer as the JSON contract names it. names: what lists say of the host."""
    query, verdict, client = answer.query, answer.verdict, answer.query.client
    zone = snapshot.contents.calendar.zone
    return {
        "verdict": verdict.action.value, "reason": verdict.reason.value, "rule": verdict.rule,
        "clause": verdict.clause, "text": verdict.text, "role": verdict.role,
        "period": verdict.period_kind.value, "period_name": verdict.period,
        "expires_at": times.iso(verdict.expires_at, zone),
        "opens_at": times.iso(answer.opens_at, zone),
        "dns_plan": answer.plan.dns.value, "tls_plan": answer.plan.tls.value,
        "alias": answer.plan.alias,
        "host": query.host, "url": answer.asked if query.url else None, "method": query.method,
        "client": client.address, "device": client.device, "person": client.person,
        "groups": sorted(client.groups), "network": client.network,
        "registered_as": client.registered_as,
        "ownership": client.ownership.value, "trusts_ca": client.trusts_ca,
        "service": verdict.service, "category": verdict.category,
        "lists": [_list_fields(one) for one in names if one.counts],
        "lists_passed_over": [
            {**_list_fields(one), "why": one.standing.value} for one in names if not one.counts
        ],
        "public_view": verdict.public_view, "recorded": verdict.record,
        "policy": snapshot.contents.policy.id, "snapshot": snapshot.contents.version,
        "at": times.iso(query.at, zone), "rehearsal": snapshot.contents.clock_offset != 0,
        "note": answer.note,
    }  # fmt: skip


def _list_fields(one: NamedBy) -> dict[str, object]:
    return {
        "list": one.list_id, "entry": one.entry or None, "line": one.line,
        "category": one.category,
    }  # fmt: skip


def _print_json(answer: Answer, snapshot: Snapshot, names: tuple[NamedBy, ...]) -> None:
    print_json(fields(answer, snapshot, names))


def _print_text(answer: Answer, snapshot: Snapshot, names: tuple[NamedBy, ...]) -> None:
    said = fields(answer, snapshot, names)
    zone = snapshot.contents.calendar.zone
    print(wording.sentence(answer.verdict, answer.query, snapshot))
    if answer.note:
        print(answer.note)
    print()
    verdict = answer.verdict
    until = times.spoken(verdict.expires_at, zone) if verdict.expires_at else ""
    opens = times.spoken(answer.opens_at, zone) if answer.opens_at else ""
    print_fields(
        [
            ("verdict", f"{said['verdict']} ({said['reason']})"),
            ("rule", verdict.rule),
            ("clause", wording.clause(verdict, snapshot)),
            ("text", verdict.text),
            ("client", wording.who(answer.query.client, snapshot)),
            ("at", times.spoken(answer.query.at, zone)),
            ("period", f"{verdict.period} ({verdict.period_kind.value})"),
            ("holds until", until),
            ("opens", opens),
            ("service", verdict.service or ""),
            ("category", verdict.category or ""),
            *(("list", f"{one.words()} ({one.category})") for one in names),
            ("DNS, TLS", f"{said['dns_plan']}, {said['tls_plan']}"),
            ("safe search", f"served by {answer.plan.alias}" if answer.plan.alias else ""),
            ("recorded", "yes" if verdict.record else "no"),
            ("policy", f"{snapshot.contents.policy.name} (snapshot {said['snapshot']})"),
            ("rehearsal", "the gate's clock is being rehearsed" if said["rehearsal"] else ""),
        ]
    )
