"""``bellgate grants``: time-limited permissions, exactly as wide as they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli import speaking, times
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.policy.model import Grant

if TYPE_CHECKING:
    from appliance.store.grants import KeptGrant


@click.group("grants")
def grants_command() -> None:
    """Open something for somebody for a while; list and revoke what is open.

    A grant is enforced within a second, and ends by itself. It never opens illegal
    content, a site blocked after a report, or what the policy says takes no grant.
    """


@grants_command.command("add")
@click.option("--url", metavar="URL", help="A URL and all below it; a query counts.")
@click.option("--host", metavar="HOST", help="A host and its subdomains.")
@click.option("--service", metavar="ID", help="A service of the catalogue, such as youtube.")
@click.option("--category", metavar="ID", help="A whole category, such as media_sharing.")
@click.option("--for", "who", required=True, metavar="WHO", help=speaking.SUBJECT_HELP)
@click.option("--until", "until_text", required=True, metavar="WHEN",
              help="`lesson` (the end of this one), `today`, or an ISO time.")  # fmt: skip
@click.option("--when", "kinds", multiple=True, metavar="KIND",
              help="Only in periods of this kind or name; may be repeated.")  # fmt: skip
@click.option("--method", "methods", multiple=True, metavar="METHOD",
              help="HTTP methods.  [default: GET and HEAD for a URL, else all]")  # fmt: skip
@click.option("--reason", required=True, help="Why: kept with the grant.")
@click.option("--clause", default="", help="The clause of the policy that it rests on.")
@data_option
@json_option
def add(
    url: str | None, host: str | None, service: str | None, category: str | None, who: str,
    until_text: str, kinds: tuple[str, ...], methods: tuple[str, ...], reason: str, clause: str,
    data: Path, as_json: bool,
) -> None:  # fmt: skip
    """Open one URL, host, service or category for somebody, from now until then.

    \b
    bellgate grants add --service youtube --for group:3B --until lesson --reason "Volcanoes"
    """
    from appliance.cli import storing
    from appliance.store import grants

    with storing.opened(data) as session:
        snapshot = storing.contents_now(session)
        at, contents = storing.moment(snapshot), snapshot.contents
        subject = speaking.subject(who, contents)
        target = speaking.target(
            url=url, host=host, service=service, category=category, contents=contents
        )
        grant = Grant(
            id="", subject=subject, target=target, start=at,
            end=speaking.until(until_text, subject, at, snapshot),
            when=speaking.when(kinds, contents),
            methods=tuple(method.upper() for method in methods), clause=clause, text=reason,
        )  # fmt: skip
        added = grants.add(session, grant, author=storing.author(), reason=reason, at=clock.real())
        zone = contents.calendar.zone
    if as_json:
        print_json(fields(added, zone))
        return
    print(f"{added.id}: open until {times.spoken(added.end, zone)}.")


@grants_command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that have ended, too.")
@data_option
@json_option
def list_(every: bool, data: Path, as_json: bool) -> None:
    """List what is open, or will be."""
    from appliance.cli import storing
    from appliance.store import grants

    with storing.read(data) as session:
        snapshot = storing.contents_now(session)
        now = storing.moment(snapshot)
        found = grants.list_(session, ended_after=None if every else now)
    zone = snapshot.contents.calendar.zone
    if as_json:
        print_json([kept_fields(kept, zone) for kept in found])
        return
    rows = [
        (
            kept.grant.id, f"{kept.grant.subject.kind}:{kept.grant.subject.id}",
            f"{kept.grant.target.kind}:{kept.grant.target.id}",
            f"{times.local(kept.grant.end, zone):%Y-%m-%d %H:%M}",
            " ".join(sorted(kept.grant.when)), kept.author, kept.reason,
        )
        for kept in found
    ]  # fmt: skip
    columns = ("ID", "FOR", "WHAT", "UNTIL", "WHEN", "BY", "REASON")
    print_table(columns, rows, "Nothing is open by grant.")


@grants_command.command("revoke")
@click.argument("id_", metavar="ID")
@data_option
@json_option
def revoke(id_: str, data: Path, as_json: bool) -> None:
    """End a grant now. It stays on record."""
    from appliance.cli import storing
    from appliance.store import grants

    with storing.opened(data) as session:
        now = storing.moment(storing.contents_now(session))
        if not grants.revoke(session, id_, by=storing.author(), at=now):
            raise InputError(f"there is no grant {id_!r} that still holds (`bellgate grants list`)")
    if as_json:
        print_json({"revoked": id_})
        return
    print(f"{id_}: revoked.")


def kept_fields(kept: KeptGrant, zone: str) -> dict[str, object]:
    """Return a grant with who made it, and who ended it early, as scripts read it."""
    return {
        **fields(kept.grant, zone), "author": kept.author, "made": times.iso(kept.made, zone),
        "revoked_by": kept.revoked_by, "revoked_at": times.iso(kept.revoked_at, zone),
    }  # fmt: skip


def fields(grant: Grant, zone: str) -> dict[str, object]:
    """Return a grant as scripts read it."""
    return {
        "id": grant.id, "for": f"{grant.subject.kind}:{grant.subject.id}",
        "what": f"{grant.target.kind}:{grant.target.id}", "from": times.iso(grant.start, zone),
        "until": times.iso(grant.end, zone), "when": sorted(grant.when),
        "methods": list(grant.methods), "clause": grant.clause, "reason": grant.text,
    }  # fmt: skip
