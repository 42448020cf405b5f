"""The store of a gate, opened for one command, and what it says right now."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from appliance import clock
from appliance.attempts.attention import changes
from appliance.cli.errors import InputError, warn
from appliance.cli.places import Places
from appliance.policy.snapshot import Snapshot
from appliance.publish.compile import compile_contents
from appliance.store import settings
from appliance.store.session import Store, open_store

LONGEST: Final = 400  # characters of a command line in the audit chain
WITHIN: Final = 1.0  # seconds in which a running gate enforces a change


@contextmanager
def store_of(data: Path) -> Iterator[Store]:
    """Open the store of a data directory.

    Raises:
        InputError: there is none, or it cannot be used.
    """
    path = Places(data).database
    if not path.exists():
        raise InputError(f"{path}: there is no gate here yet (start `bellgate up`)")
    try:
        store = open_store(path)
        try:
            yield store
        finally:
            store.close()
    except SQLAlchemyError as error:
        raise InputError(f"{path}: the database cannot be used: {_first_line(error)}") from error


@contextmanager
def opened(data: Path) -> Iterator[Session]:
    """Open the store for one transaction, which is kept when all goes well.

    When a gate runs on it that does not take the change up in time, that is said on stderr.
    """
    with store_of(data) as store, store.session(**_doing()) as session:
        yield session
    places = Places(data)
    if places.running() and not followed(places.run, WITHIN):
        warn(
            "Warning: this is kept, but the running gate has not put all of it in force yet: what "
            "was enforced before may still be (`bellgate status`)."
        )


def followed(run: Path, longest: float) -> bool:
    """Whether the core puts what the store holds now in force, within so many seconds."""
    asked = changes(run)
    mark = asked.ask()
    return bool(mark) and asked.wait(mark, longest)


@contextmanager
def read(data: Path) -> Iterator[Session]:
    """Open the store for reading alone: nobody waits for it."""
    with store_of(data) as store, store.reading() as session:
        yield session


def contents_now(session: Session) -> Snapshot:
    """Return what would be published now: newer than any file, and all that ids can name."""
    return Snapshot(compile_contents(session, 0, clock.real()))


def moment(snapshot: Snapshot) -> datetime:
    """Return the gate's time, which a rehearsal may have moved: what grants run by."""
    return clock.now(snapshot.contents.clock_offset).at


def set_offset(session: Session, seconds: float) -> None:
    """Move the gate's clock; 0 is the real time."""
    settings.put(session, "clock_offset", seconds)


def zone_of(session: Session) -> str:
    """Return the school's own zone."""
    return contents_now(session).contents.calendar.zone


def _doing() -> dict[str, str]:
    """Return what the audit chain says of this command: who, which, and the reason given."""
    context = click.get_current_context(silent=True)
    said = {"actor": f"command:{author()}"}
    if context is not None:
        words = [f"{name}={value}" for name, value in context.params.items() if _told(name, value)]
        said["doing"] = " ".join([context.command_path, *words])[:LONGEST]
        said["reason"] = str(context.params.get("reason") or "")
    return said


def _told(name: str, value: object) -> bool:
    return name not in ("data", "as_json", "reason") and value not in (None, (), False, "")


def author() -> str:
    """Return who changes something, for the record: the user of this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"  # a container may have users without a name


def _first_line(error: SQLAlchemyError) -> str:
    return str(error).partition("\n")[0]
