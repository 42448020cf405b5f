"""What ``up --demo`` puts in and prints: a made-up school, and how to sign in to it."""

from __future__ import annotations

from appliance import clock
from appliance.cli import storing
from appliance.cli.errors import InputError
from appliance.cli.opening import ours
from appliance.cli.places import Places
from appliance.store.session import Store


def said(store: Store, places: Places, *, wanted: bool) -> list[str]:
    """Make the school where it is wanted and not there yet; say how to sign in where it is.

    Raises:
        InputError: a school uses these data already.
    """
    from admin_ui import key
    from appliance.demonstration import making, staff

    with store.reading() as session:
        there = staff.on(session)
    if not (wanted or there):
        return []
    sealing = key.ensure(places.data)
    try:
        with store.session() as session:
            now = storing.moment(storing.contents_now(session))
            made = making.make(session, sealing, now=now, real=clock.real())
    except making.RealSchoolError as error:
        raise InputError(
            f"--demo: {error}. A made-up school needs data of its own (--data DIR)"
        ) from error
    lines = ["DEMONSTRATION data: everybody in them is made up."]
    if made.attempts:
        lines.append(f"A fortnight was put in: {made.attempts} attempts.")
    logins = ", ".join(login for login, _ in staff.logins())
    return [
        *lines,
        f"Sign in as: {logins}",
        f"Password of all: {made.keys.password}",
        f"The code of now: {ours(places.data, 'accounts code technician')}",
    ]
