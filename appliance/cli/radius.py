"""``bellgate radius``: the Wi-Fi's word (RADIUS accounting) on who uses which device."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from appliance import clock
from appliance.cli.errors import InputError, warn
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table, printable
from appliance.cli.places import Places
from appliance.policy.prefixes import too_wide

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LONGEST: Final = 1024  # characters of a secret; no standard names a limit
RECOMMENDED: Final = 16  # characters of a secret, RFC 2865 section 3


@click.group("radius")
def radius_command() -> None:
    """Hear from the school's Wi-Fi who is on which device (RADIUS accounting).

    Start the gate with `--radius-port 1813`, name the access points or the RADIUS server with
    `bellgate radius clients add`, and have them send accounting to this machine. A user name
    means the person whose id it is; `bellgate radius names add` says so of any other.

    Let them send addresses too (Framed-IP-Address, as interim updates mostly do): on a network
    for a stricter role than the person's, a device counts as theirs only from the moment that the
    Wi-Fi has said that it is there.
    """


@radius_command.group("clients")
def clients_group() -> None:
    """Who may tell: access points, controllers or a RADIUS server, each with its secret."""


@clients_group.command("add")
@click.argument("prefix")
@click.option("--secret-file", required=True, metavar="FILE",
              type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True),
              help="A file that holds the shared secret; - reads it from the input.")  # fmt: skip
@click.option("--name", default="", help="What it is, such as “Hall controller”.")
@data_option
@json_option
def add_client(prefix: str, secret_file: Path, name: str, data: Path, as_json: bool) -> None:
    """Take accounting from a PREFIX or address, or change its secret.

    \b
    bellgate radius clients add 10.0.0.0/24 --secret-file ap.secret --name "Access points"
    """
    from admin_ui import key
    from appliance.accounts.sealing import seal
    from appliance.cli import storing
    from appliance.store import radius

    if refused := too_wide(prefix):
        raise InputError(f"PREFIX: {refused}")
    secret = _secret(secret_file)
    web_key = key.ensure(data)
    with storing.opened(data) as session:
        made = radius.add_client(
            session, prefix, name, secret, lambda purpose, text: seal(web_key, purpose, text)
        )
        _tell(session, "settings.radius_client_added", made.prefix)
    if len(secret) < RECOMMENDED:
        warn(f"Warning: the secret is short; {RECOMMENDED} characters or more are hard to guess.")
    if as_json:
        print_json({"prefix": made.prefix, "name": made.name})
        return
    print(f"{made.prefix}: heard from now on.")


@clients_group.command("list")
@data_option
@json_option
def list_clients(data: Path, as_json: bool) -> None:
    """List who may tell; secrets are never shown."""
    from appliance.cli import storing
    from appliance.store import radius

    with storing.read(data) as session:
        found = [{"prefix": one.prefix, "name": one.name} for one in radius.clients(session)]
    if as_json:
        print_json(found)
        return
    rows = [(one["prefix"], printable(one["name"])) for one in found]
    print_table(("PREFIX", "NAME"), rows, "Nobody is heard: `bellgate radius clients add`.")


@clients_group.command("remove")
@click.argument("prefix")
@data_option
@json_option
def remove_client(prefix: str, data: Path, as_json: bool) -> None:
    """Hear somebody no longer. Who signed in through them stays so until it ends."""
    _remove(data, "remove_client", prefix, "radius_client_removed", as_json=as_json)


@radius_command.group("names")
def names_group() -> None:
    """Whom user names mean that are no id of the register."""


@names_group.command("add")
@click.argument("user")
@click.argument("person")
@data_option
@json_option
def add_name(user: str, person: str, data: Path, as_json: bool) -> None:
    """Say that USER is a PERSON, by id: `bellgate radius names add larch.t t-larch`."""
    from appliance.cli import storing
    from appliance.store import radius

    with storing.opened(data) as session:
        radius.add_name(session, user, person)
        _tell(session, "settings.radius_name_added", person, user=user)
    if as_json:
        print_json({"user": user, "person": person})
        return
    print(f"{printable(user)}: {person}.")


@names_group.command("list")
@data_option
@json_option
def list_names(data: Path, as_json: bool) -> None:
    """List whom user names mean."""
    from appliance.cli import storing
    from appliance.store import radius

    with storing.read(data) as session:
        found = radius.names(session)
    if as_json:
        print_json(found)
        return
    rows = [(printable(user), person) for user, person in sorted(found.items())]
    print_table(("USER", "PERSON"), rows, "None: a user name means the person whose id it is.")


@names_group.command("remove")
@click.argument("user")
@data_option
@json_option
def remove_name(user: str, data: Path, as_json: bool) -> None:
    """Forget whom USER means."""
    _remove(data, "remove_name", user, "radius_name_removed", as_json=as_json)


@radius_command.group("realms")
def realms_group() -> None:
    """The school's own realms (what stands after @ in a user name).

    Without any, a user of any realm is one of the school's. Name them where people of other
    schools can join the Wi-Fi with accounts of their own.
    """


@realms_group.command("add")
@click.argument("realm")
@data_option
@json_option
def add_realm(realm: str, data: Path, as_json: bool) -> None:
    """Count users of a REALM as the school's, and of others as nobody."""
    from appliance.cli import storing
    from appliance.store import radius

    with storing.opened(data) as session:
        made = radius.add_realm(session, realm)
        _tell(session, "settings.radius_realm_added", made)
    if as_json:
        print_json({"realm": made})
        return
    print(f"{printable(made)}: its users are the school's.")


@realms_group.command("list")
@data_option
@json_option
def list_realms(data: Path, as_json: bool) -> None:
    """List the school's realms."""
    from appliance.cli import storing
    from appliance.store import radius

    with storing.read(data) as session:
        found = radius.realms(session)
    if as_json:
        print_json(found)
        return
    print_table(
        ("REALM",), [(printable(one),) for one in found], "None: any realm is the school's."
    )


@realms_group.command("remove")
@click.argument("realm")
@data_option
@json_option
def remove_realm(realm: str, data: Path, as_json: bool) -> None:
    """Forget a realm. With none left, whatever stands behind @ is taken off."""
    _remove(data, "remove_realm", realm, "radius_realm_removed", as_json=as_json)


@radius_command.command("counts")
@data_option
@json_option
def counts(data: Path, as_json: bool) -> None:
    """Show what was heard since the listener started, and why what was refused."""
    from appliance.cli.radius_keeping import FILE

    said = _counts(Places(data).run / FILE)
    if as_json:
        print_json(said)
        return
    print_table(("WHAT", "HOW OFTEN"), [(printable(name), str(n)) for name, n in said.items()],
                "Nothing was heard yet.")  # fmt: skip


def _secret(file: Path) -> str:
    try:
        with click.open_file(str(file), encoding="utf-8") as opened:
            secret = str(opened.read(LONGEST + 1))
    except UnicodeDecodeError as error:
        raise InputError(f"--secret-file: {file}: is not text (UTF-8)") from error
    if len(secret) > LONGEST:
        raise InputError(f"--secret-file: {file}: is longer than {LONGEST} characters")
    return secret.strip("\r\n")


def _counts(path: Path) -> dict[str, int]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("no listener ran here yet: `bellgate up --radius-port 1813`") from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    if not isinstance(said, dict) or any(type(n) is not int for n in said.values()):
        raise InputError(f"{path}: is not what the listener writes: counts by name")
    return said


def _remove(data: Path, function: str, what: str, action: str, *, as_json: bool) -> None:
    from appliance.cli import storing
    from appliance.store import radius

    with storing.opened(data) as session:
        if not getattr(radius, function)(session, what):
            raise InputError(f"{printable(what)} is not there")
        _tell(session, f"settings.{action}", what)
    if as_json:
        print_json({"removed": what})
        return
    print(f"{printable(what)}: removed.")


def _tell(session: Session, action: str, subject: str, **detail: str) -> None:
    from appliance.audit.chain import Entry
    from appliance.cli import storing
    from appliance.store import audit

    audit.append(session, Entry(
        at=clock.real(), actor=f"command:{storing.author()}", action=action, subject=subject,
        detail=dict(detail),
    ))  # fmt: skip
