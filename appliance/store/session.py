"""Opening the store, and sessions on it.

SQLite runs in WAL mode with foreign keys on. A session for writing takes the write lock
when it begins (``BEGIN IMMEDIATE``), so it waits its turn instead of failing half-way; a
session for reading sees one state of the whole database until it ends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from appliance import clock
from appliance.store import (
    account_tables,
    attempt_tables,
    audit,
    audit_tables,
    doctor_tables,
    gateway_tables,
    list_tables,
    log_tables,
    look_alike_tables,
    policy_tables,
    report_tables,
    request_tables,
    tables,
)
from appliance.store.base import Enforced
from appliance.store.migrating import migrate

PATIENCE: Final = 5.0  # seconds that SQLite waits for another's write to end
_READING: Final = "bellgate_reading"
_TOUCHED: Final = "bellgate_touched"

# Importing these makes their tables known; any module may speak of them through here.
__all__ = [
    "Store", "account_tables", "attempt_tables", "audit_tables", "doctor_tables",
    "gateway_tables", "list_tables",
    "log_tables", "look_alike_tables", "open_store", "policy_tables", "report_tables",
    "request_tables", "tables",
]  # fmt: skip


class Store:
    """An open database. Close it; any thread may ask for sessions, each for itself."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        isolation = {} if sqlite(engine) else {"isolation_level": "REPEATABLE READ"}
        self._reading = engine.execution_options(**{_READING: True}, **isolation)

    @contextmanager
    def session(
        self, actor: str = "appliance", doing: str = "", reason: str = ""
    ) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back when anything was raised.

        What it changes and nobody writes an audit entry about gets one by ``actor``; doing:
        the command line that it belongs to.
        """
        with _EnforcingSession(self.engine) as session, session.begin():
            changes = audit.unspoken(session)
            changes.actor, changes.doing, changes.reason = actor, doing, reason
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that takes no lock and keeps nothing that is written through it."""
        with _EnforcingSession(self._reading) as session:
            yield session

    def settle(self) -> bool:
        """Make every commit so far last through a power cut; False: not now, readers hold it.

        In WAL mode with synchronous=NORMAL a commit is whole but not yet on the disk.
        """
        if not sqlite(self.engine):
            return True
        connection = self.engine.raw_connection()  # a checkpoint cannot be part of a transaction
        try:
            cursor = connection.cursor()
            busy, pages, moved = cursor.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
            cursor.close()
        finally:
            connection.close()
        return bool(busy == 0 and pages == moved)

    def close(self) -> None:
        """Give up every connection."""
        self.engine.dispose()


def open_store(where: str | Path, *, make: bool = True) -> Store:
    """Open a database by path (SQLite) or URL, made or migrated to this program's tables.

    make: whether a file that is not there is made. Later on none ever is: who goes on working
    when somebody takes the file away is told so, and leaves no empty one in its place.

    Raises:
        StoreError: it was written by a newer program.
        FileNotFoundError: it is not there, and is not to be made.
        sqlalchemy.exc.DBAPIError: locked, damaged, no room, or no such server.
    """
    if isinstance(where, Path) or "://" not in where:
        engine = _sqlite_engine(Path(where), make=make)
    else:
        url = make_url(where)
        engine = (
            _sqlite_engine(Path(url.database or ""), make=make)
            if url.get_backend_name() == "sqlite"
            else create_engine(url)
        )
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def sqlite(engine: Engine) -> bool:
    """Whether an engine speaks to SQLite."""
    return engine.dialect.name == "sqlite"


def _sqlite_engine(path: Path, *, make: bool) -> Engine:
    if make:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Who tried what is nobody else's. A database that is there is not opened here: to close it
    # again would drop the locks that SQLite holds on it for the rest of this process, and the
    # next process to leave would take the log from under it (sqlite.org/howtocorrupt.html, 2.2).
    if make:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    else:
        path.stat()
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": PATIENCE})
    event.listen(engine, "do_connect", _existing(path))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _existing(path: Path) -> Callable[..., None]:
    """Return what has each connection open the file that is there, and make none."""
    uri = f"{path.absolute().as_uri()}?mode=rw"  # SQLite, "URI Filenames"

    def listener(_: Any, __: Any, given: list[Any], named: dict[str, Any]) -> None:
        given[0], named["uri"] = uri, True

    return listener


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin when we say so, not at the first write
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class _EnforcingSession(Session):
    """A session in which every change that enforcement must follow moves the revision."""


@event.listens_for(_EnforcingSession, "before_flush")
def _before_flush(session: Session, _: UOWTransaction, __: object) -> None:
    touched = [*session.new, *session.deleted]
    touched += [row for row in session.dirty if session.is_modified(row)]
    enforced = [row for row in touched if isinstance(row, Enforced)]
    if enforced:
        _move_revision(session)
        session.info.setdefault(_TOUCHED, []).extend(enforced)


@event.listens_for(_EnforcingSession, "after_flush_postexec")
def _after_flush(session: Session, _: UOWTransaction) -> None:
    for row in session.info.pop(_TOUCHED, ()):  # only now the database has given them their keys
        audit.unspoken(session).note(audit.row_name(row))


@event.listens_for(_EnforcingSession, "do_orm_execute")
def _before_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    enforced = [m for m in state.all_mappers if issubclass(m.class_, Enforced)]
    if writes and enforced:
        _move_revision(state.session)
        audit.unspoken(state.session).note(str(enforced[0].local_table))


@event.listens_for(_EnforcingSession, "before_commit")
def _before_commit(session: Session) -> None:
    if session.connection().get_execution_options().get(_READING):
        return
    session.flush()
    audit.speak(session, clock.real())


def _move_revision(session: Session) -> None:
    moved = update(tables.Revision).values(number=tables.Revision.number + 1)
    session.connection().execute(moved)
