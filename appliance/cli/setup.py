"""What ``up`` does before any face starts: store, policy, clock, certificate, first snapshot.

A database that cannot be used holds nobody up where there is a snapshot to enforce: the
faces start on that one, and the core goes on trying.
"""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from appliance import clock, policy_file
from appliance.accounts import setup_code
from appliance.audit.chain import Entry
from appliance.authority import authority
from appliance.authority.files import AuthorityError
from appliance.cli import demonstrating, rehearsal, sources, storing
from appliance.cli.errors import InputError
from appliance.cli.places import Places, Ports
from appliance.publish.publisher import Publisher
from appliance.store import audit, policies, settings, starting_lists
from appliance.store.migrating import StoreError
from appliance.store.session import Store, open_store


def prepare(
    places: Places, ports: Ports, template: str | None, rehearse: str | None, *,
    demo: bool = False,
) -> list[str]:  # fmt: skip
    """Make the data directory ready and publish. Return what is worth telling, one a line.

    Raises:
        InputError: no such template, no such time, or a database that cannot be used and no
            snapshot to go on with.
    """
    name = template or policy_file.TEMPLATES[0]
    sources.text_of(name, None)  # an unknown name ends here, before anything is made
    places.make()
    # Without any file there is nothing to complain of: it is the first start.
    published = any(places.snapshot.iterdir()) and sources.enforced(places.data) is not None
    if published and _empty(places):  # a new one would put the demonstration in force
        said = [_going_on(places, "it is missing or empty")]
    else:
        try:
            said = _set_up(places, ports, name, template is not None, rehearse, demo=demo)
        except (SQLAlchemyError, OSError, StoreError) as error:
            reason = str(error).partition("\n")[0]
            if not published:
                raise InputError(
                    f"{places.database}: the database cannot be used ({reason}), and there is no "
                    "snapshot to go on with; put a backup back with `bellgate restore`"
                ) from error
            said = [_going_on(places, reason)]
    _make_authority(places)
    return said


def _set_up(
    places: Places, ports: Ports, name: str, given: bool, rehearse: str | None, *, demo: bool
) -> list[str]:
    store = open_store(places.database)
    try:
        said = _choose_policy(store, name, given=given)
        _settle(store, ports)
        said += _set_clock(store, rehearse)
        said += demonstrating.said(store, places, wanted=demo)
        said += _ask_for_technician(store, places, ports)
        publisher = Publisher(store, places.snapshot)
        if any(places.snapshot.iterdir()):
            publisher.publish_if_changed(clock.real())  # lists that changed may take minutes
        else:
            publisher.publish(clock.real())
    finally:
        store.close()
    return said


def _ask_for_technician(store: Store, places: Places, ports: Ports) -> list[str]:
    """Make the code of the first start, for as long as nobody could sign in as technician."""
    with store.session() as session:
        code = setup_code.issue(session, at=clock.real()) if setup_code.needed(session) else ""
        if code:
            by = f"command:{storing.author()}"
            audit.append(session, Entry(at=clock.real(), actor=by, action="setup.code_issued"))
    if not code:
        setup_code.forget(places.data)
        return []
    setup_code.write(places.data, code)
    return [f"SET UP this gate: open {ports.web_url}/setup and give the setup code {code}"]


def _empty(places: Places) -> bool:
    try:
        return places.database.stat().st_size == 0
    except FileNotFoundError:
        return True


def _going_on(places: Places, reason: str) -> str:
    return (
        f"AMBER: {places.database} cannot be used ({reason}). The last good snapshot is enforced, "
        "no change is taken up, and attempts wait in the spool. `bellgate restore` puts a backup "
        "back."
    )


def _choose_policy(store: Store, name: str, *, given: bool) -> list[str]:
    text, at = policy_file.template_text(name), clock.real()
    with store.session() as session:
        current = policies.current_policy(session)
        if current is None:
            policies.set_policy(session, text, name, storing.author(), "first start", at)
            settings.put(session, "demo", True)
            starting_lists.add(session, at)
            return [f"First start: the demonstration school, with the policy of {name}."]
        if not given or current.text == text:
            return [f"Carrying on with the policy of {current.source}."]
        policies.set_policy(session, text, name, storing.author(), "bellgate up --template", at)
        return [f"The policy is now {name} (it was {current.source})."]


def _settle(store: Store, ports: Ports) -> None:
    with store.session() as session:
        school = settings.get(session, "school", {})
        settings.put(session, "school", {**school, "portal": ports.web_url})
        settings.put(session, "steer_ipv4", [one for one in ports.addresses if ":" not in one])
        settings.put(session, "steer_ipv6", [one for one in ports.addresses if ":" in one])


def _set_clock(store: Store, rehearse: str | None) -> list[str]:
    """Rehearse, or go back to the real time: a rehearsal never outlives its run unasked."""
    with store.session() as session:
        snapshot = storing.contents_now(session)
        if rehearse:
            at = rehearsal.moment_of(rehearse, snapshot, clock.real(), "--rehearse")
            storing.set_offset(session, rehearsal.offset_to(at))
            return []
        storing.set_offset(session, 0.0)
        return ["The clock is real again."] if snapshot.contents.clock_offset else []


def _make_authority(places: Places) -> None:
    """Make the CA before the screen names its file; the proxy renews it from then on."""
    snapshot = sources.enforced(places.data)
    assert snapshot is not None, "it was published just now"
    try:
        authority.ensure(places.authority, snapshot.contents.steerable, clock.real())
    except AuthorityError as error:
        raise InputError(str(error)) from error
