"""``bellgate sign-ins``: who is signed in on which device, by the portal or the Wi-Fi."""

from __future__ import annotations

from pathlib import Path

import click

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table, printable


@click.group("sign-ins")
def sign_ins_command() -> None:
    """See who is signed in on which device, and sign them out.

    People sign in at `/here` of the admin UI, or the school's Wi-Fi says who they are
    (`bellgate radius`). The device register counts before both.
    """


@sign_ins_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List the sign-ins that count now. A person of - is nobody whom the register knows."""
    from appliance.cli import storing
    from appliance.cli.radius_serving import gate_time
    from appliance.store import sign_ins

    with storing.read(data) as session:
        found = sign_ins.running(session, gate_time(session))
    if as_json:
        print_json(found)
        return
    rows = [
        (str(one.id), one.person or "-", one.how, printable(one.by), one.mac or "-",
         " ".join(one.addresses) or "-", f"{one.ends:%Y-%m-%d %H:%M} UTC")
        for one in found
    ]  # fmt: skip
    columns = ("ID", "PERSON", "HOW", "CALLED", "MAC", "ADDRESSES", "UNTIL")
    print_table(columns, rows, "Nobody is signed in on a device.")


@sign_ins_command.command("end")
@click.argument("id_", metavar="ID", type=click.IntRange(1, (1 << 63) - 1))
@click.option("--reason", default="", help="Why: kept in the audit chain.")
@data_option
@json_option
def end(id_: int, reason: str, data: Path, as_json: bool) -> None:
    """Sign somebody out of a device, by the number in the list."""
    from appliance.audit.chain import Entry
    from appliance.cli import storing
    from appliance.cli.radius_serving import gate_time
    from appliance.store import audit, sign_ins

    with storing.opened(data) as session:
        at = gate_time(session)
        found = next((one for one in sign_ins.running(session, at) if one.id == id_), None)
        if found is None:
            raise InputError(f"there is no sign-in {id_} that still counts")
        sign_ins.end(session, id_, at=at)
        audit.append(session, Entry(
            at=clock.real(), actor=f"command:{storing.author()}", action="device.signed_out",
            subject=found.person, reason=reason, detail={"mac": found.mac, "login": found.by},
        ))  # fmt: skip
    if as_json:
        print_json({"ended": id_})
        return
    print(f"{id_}: signed out.")
