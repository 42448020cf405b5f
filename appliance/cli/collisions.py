"""``bellgate lists collisions``: where lists name what must stay open."""

from __future__ import annotations

from pathlib import Path

import click

from appliance.cli import sources
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table

KEPT_BACK = "(kept to itself)"


@click.command("collisions")
@data_option
@json_option
def collisions_command(data: Path, as_json: bool) -> None:
    """Say which entries of lists are passed over, because no list closes what they name.

    That is the school's own domains, gov.uk, the MIS, exam boards, updates, certificate
    authorities, the accredited filter, helplines, and what the policy file names under
    `never_block`. A list with many of them is not well kept. A list of illegal content is
    passed over for what ships with the appliance alone.
    """
    from dataclasses import asdict

    from appliance.publish.collisions import MOST, collisions

    snapshot = sources.enforced(data)
    if snapshot is None:
        raise InputError(f"{data}: no gate has published anything there (start `bellgate up`)")
    found = collisions(snapshot)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [
        (one.list_id, one.category, one.entry or KEPT_BACK, one.name,
         "closed by law" if one.closed else "stays open")
        for one in found
    ]  # fmt: skip
    columns = ("LIST", "CATEGORY", "ENTRY", "NEVER BLOCKED", "SO")
    print_table(columns, rows, "No list names anything that must stay open.")
    if len(found) == MOST:
        print(f"These are the first {MOST:,}; there may be more.")
