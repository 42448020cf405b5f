"""``bellgate accounts``: for the console, when somebody cannot get in by the web pages.

Whoever can run this as the owner of the data could change them anyway; so no password is
asked for, and the audit chain says who it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_fields, print_json, print_table, printable
from appliance.cli.places import Places, Ports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from appliance.store.accounts import Account

DAYS: Final = 7  # that an invitation holds


@click.group("accounts")
def accounts_command() -> None:
    """Accounts of the web pages, for whoever is locked out: list, add, reset, disable.

    Passwords are never set here: a link is printed with which its owner chooses one.
    """


@accounts_command.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """List every account with its posts, and what it signs in with."""
    from appliance.cli import storing
    from appliance.store import accounts

    with storing.read(data) as session:
        found = accounts.list_(session)
    if as_json:
        print_json([_fields(one) for one in found])
        return
    rows = [
        (one.login, printable(one.name), " ".join(sorted(one.posts)), _signs_in_with(one),
         "yes" if one.enabled else "no")
        for one in found
    ]  # fmt: skip
    empty = "There are no accounts yet (`bellgate accounts setup-code`)."
    print_table(("LOGIN", "NAME", "POSTS", "SIGNS IN WITH", "ENABLED"), rows, empty)


@accounts_command.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Of the person whose account it is.")
@click.option("--post", "posts", multiple=True, required=True, metavar="POST",
              help="What they are at school, such as it_technician; repeated.")  # fmt: skip
@click.option("--reason", default="", help="Why: kept in the audit chain.")
@data_option
@json_option
def add(
    login: str, name: str, posts: tuple[str, ...], reason: str, data: Path, as_json: bool
) -> None:
    """Add an account, and print the link with which its owner chooses a password.

    \b
    bellgate accounts add t.larch@school.example --name "T. Larch" --post it_technician
    """
    from appliance.accounts.posts import Post
    from appliance.cli import storing
    from appliance.store import accounts

    known = [post.value for post in Post]
    if odd := [post for post in posts if post not in known]:
        raise InputError(f"--post: {odd[0]!r} is not one of {', '.join(known)}")
    with storing.opened(data) as session:
        email = login if "@" in login else ""
        made = accounts.add(session, login, name, posts, at=clock.real(), email=email)
        _tell(session, "account.added", made.login, reason, posts=sorted(posts))
        secret = _invite(session, made)
    _say_link(made, secret, data, as_json=as_json)


@accounts_command.command("reset")
@click.argument("login")
@click.option("--reason", default="", help="Why: kept in the audit chain.")
@data_option
@json_option
def reset(login: str, reason: str, data: Path, as_json: bool) -> None:
    """Take password and second factor from an account, and print a link to begin anew.

    Locks after wrong guesses are lifted, and every browser of theirs is signed out.
    """
    from appliance.accounts import limits
    from appliance.cli import storing
    from appliance.store import accounts, credentials, passkeys

    with storing.opened(data) as session:
        one = _of(session, login)
        if one.emergency:
            raise InputError(f"{login}: renew it with `bellgate accounts emergency`")
        credentials.set_password(session, one.id, None)
        credentials.set_totp(session, one.id, None, 0, ())
        for passkey in passkeys.of(session, one.id):
            passkeys.remove(session, one.id, passkey.id)
        accounts.set_enabled(session, one.id, True)
        limits.unlock(session, one.login)
        _tell(session, "account.reset", one.login, reason)
        secret = _invite(session, one)
    _say_link(one, secret, data, as_json=as_json)


@accounts_command.command("link")
@click.argument("login")
@click.argument("person", required=False)
@click.option("--reason", default="", help="Why: kept in the audit chain.")
@data_option
@json_option
def link(login: str, person: str | None, reason: str, data: Path, as_json: bool) -> None:
    """Say which PERSON of the register an account is, by id; without one, nobody.

    They may then use an unregistered device as that person (`/here` of the admin UI).
    """
    from appliance.cli import storing
    from appliance.store import accounts

    with storing.opened(data) as session:
        one = _of(session, login)
        if one.emergency:
            raise InputError(f"{login}: the sealed account is nobody's in particular")
        accounts.set_person(session, one.id, person)
        _tell(session, "account.linked", one.login, reason)
    if as_json:
        print_json({"login": one.login, "person": person})
        return
    print(f"{one.login}: {f'linked to {person}' if person else 'linked to nobody'}.")


@accounts_command.command("disable")
@click.argument("login")
@click.option("--reason", default="", help="Why: kept in the audit chain.")
@data_option
@json_option
def disable(login: str, reason: str, data: Path, as_json: bool) -> None:
    """Let an account sign in no more; what it did stays on record."""
    from appliance.cli import storing
    from appliance.store import accounts

    with storing.opened(data) as session:
        one = _of(session, login)
        accounts.set_enabled(session, one.id, False)
        _tell(session, "account.disabled", one.login, reason)
    if as_json:
        print_json({"disabled": one.login})
        return
    print(f"{one.login}: disabled. `bellgate accounts reset` lets it in again.")


@accounts_command.command("emergency")
@click.option("--reason", default="", help="Why: kept in the audit chain.")
@data_option
@json_option
def emergency(reason: str, data: Path, as_json: bool) -> None:
    """Make the sealed emergency account, or give it another password, shown once."""
    from appliance.accounts import emergency as sealed
    from appliance.accounts import passwords
    from appliance.cli import storing

    password = passwords.invented()
    hashed = passwords.hashed(password)
    with storing.opened(data) as session:
        made = sealed.seal(session, hashed, clock.real())
        _tell(session, "account.emergency_sealed", made.login, reason)
    if as_json:
        print_json({"login": made.login, "password": password})
        return
    print_fields((("Login", made.login), ("Password", password)))
    print("Seal it in an envelope. Its use alarms everybody.")


@accounts_command.command("setup-code")
@data_option
@json_option
def setup_code(data: Path, as_json: bool) -> None:
    """Print a new setup code, while there is no technician; the one before it ends."""
    from appliance.accounts import setup_code as codes
    from appliance.cli import storing

    places = Places(data)
    with storing.opened(data) as session:
        if not codes.needed(session):
            raise InputError("there is a technician already (`bellgate accounts reset LOGIN`)")
        code = codes.issue(session, at=clock.real())
        _tell(session, "setup.code_issued", "", "")
    codes.write(data, code)
    url = f"{_url(places)}/setup"
    if as_json:
        print_json({"url": url, "code": code})
        return
    print(f"Open {url} and give the setup code {code}")


@accounts_command.command("code")
@click.argument("login")
@data_option
@json_option
def code(login: str, data: Path, as_json: bool) -> None:
    """Print the second factor's code of now: in demonstration data alone (`up --demo`)."""
    from admin_ui import key
    from appliance.cli import storing
    from appliance.demonstration import staff

    with storing.read(data) as session:
        _of(session, login)
        keys = staff.keys(session, key.ensure(data))
    if keys is None:
        raise InputError("these are a school's own data: only its owner's app has the code")
    digits = staff.code(keys, clock.real())
    if as_json:
        print_json({"login": login, "code": digits})
        return
    print(digits)


def _of(session: Session, login: str) -> Account:
    from appliance.store import credentials

    found = credentials.by_login(session, login)
    if found is None:
        raise InputError(f"there is no account {login!r} (`bellgate accounts list`)")
    return found


def _invite(session: Session, account: Account) -> str:
    from appliance.accounts import tickets

    return tickets.issue(session, tickets.Kind.INVITATION, at=clock.real(), account=account.id)


def _tell(session: Session, action: str, subject: str, reason: str, **detail: Any) -> None:
    from appliance.audit.chain import Entry
    from appliance.cli import storing
    from appliance.store import audit

    by = f"command:{storing.author()}"
    audit.append(session, Entry(at=clock.real(), actor=by, action=action, subject=subject,
                                reason=reason, detail=detail))  # fmt: skip


def _say_link(account: Account, secret: str, data: Path, *, as_json: bool) -> None:
    link = f"{_url(Places(data))}{INVITATION}{secret}"
    if as_json:
        print_json({"login": account.login, "link": link, "days": DAYS})
        return
    print(f"{account.login}: open this once, within {DAYS} days, to choose a password:")
    print(f"  {link}")


INVITATION: Final = "/invitation/"  # a test holds it to the page's own address


def _url(places: Places) -> str:
    return (places.announced() or Ports()).web_url


def _signs_in_with(one: Account) -> str:
    has = [word for word, held in (("password", one.has_password), ("second factor", one.has_totp))
           if held]  # fmt: skip
    return ", ".join(has) or "nothing yet"


def _fields(one: Account) -> dict[str, object]:
    return {
        "login": one.login, "name": one.name, "email": one.email, "posts": sorted(one.posts),
        "password": one.has_password, "second_factor": one.has_totp, "enabled": one.enabled,
        "emergency": one.emergency, "seen": one.seen,
    }  # fmt: skip
