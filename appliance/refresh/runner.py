"""Fetching what is due: one list at a time, and whatever happens the last good one stays.

A list is fetched, gathered and judged beside everything else, and put into the store in one
transaction at the end: until then nobody sees anything of it.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from appliance.lists.body import Body, FetchError, Known, Limits
from appliance.lists.fetch import fetch
from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.lists.load import lines_of
from appliance.lists.subscription import is_file
from appliance.refresh.held import Held
from appliance.refresh.judging import Outcome, judge
from appliance.refresh.progress import Told, Watcher
from appliance.store import fetches, settings, subscriptions
from appliance.store.session import Store
from appliance.store.subscriptions import Subscribed

PROXY_SETTING: Final = "lists_proxy"  # an HTTP proxy's address, where the school needs one

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a runner works.

    work: a folder of its own beside the data. now: real time. share: 0 to 1, drawn anew for
    each fetch, so that not all gates ask at once. trust: CAs in place of the system's.
    """

    work: Path
    now: Callable[[], datetime]
    share: Callable[[], float]
    limits: Limits = Limits()  # noqa: RUF009  # frozen
    trust: Path | None = None


class BusyError(Exception):
    """Somebody else fetches on this data directory right now."""


class Runner:
    """Fetches subscriptions of a store."""

    def __init__(self, store: Store, how: Settings) -> None:
        self._store = store
        self._how = how
        self._held = Held(how.work)

    def turn(self, watcher: Watcher | None = None) -> str | None:
        """Fetch the first list that is due; return its id. None: nothing is, or somebody else does.

        Raises:
            SQLAlchemyError: the store cannot be used.
            OSError: the folder cannot.
        """
        with self._store.reading() as session:
            found = subscriptions.due(session, self._how.now())
        if not found:
            return None
        try:
            self.update(found[0].list_id, watcher)
        except BusyError:
            return None
        return found[0].list_id

    def update(self, list_id: str, watcher: Watcher | None = None) -> Subscribed | None:
        """Fetch a list now and return how it went; None: there is no such subscription.

        Raises:
            BusyError: somebody else fetches.
            SQLAlchemyError: the store cannot be used.
            OSError: the folder cannot.
        """
        with self._alone():
            began = self._begin(list_id)
            if began is None:
                return None
            try:
                outcome = self._outcome(*began, watcher or Watcher())
            except FetchError as error:
                outcome = Outcome.failed(str(error))
            except SQLAlchemyError:
                raise
            except OSError as error:  # the disk is full, or the folder is not ours
                outcome = Outcome.failed(f"The disk cannot be used: {error.strerror or error}.")
            except ValueError as error:
                outcome = Outcome.failed(f"It cannot be read: {error}")
            return self._end(list_id, outcome)

    def _begin(self, list_id: str) -> tuple[Subscribed, Known, str] | None:
        with self._store.session() as session:
            fetches.interrupted(session, self._how.now())  # nobody else is at it: we are alone
            found = subscriptions.get(session, list_id)
            if found is None or not fetches.begin(session, list_id, self._how.now()):
                return None
            return (
                found,
                fetches.known(session, list_id),
                str(settings.get(session, PROXY_SETTING, "")),
            )

    def _outcome(self, found: Subscribed, known: Known, proxy: str, watcher: Watcher) -> Outcome:
        told = Told(self._store, found.subscription.list_id, watcher)
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=self._how.work) as folder:
            body = self._body(found, known, proxy, Path(folder), told)
            if body is None:
                return Outcome.unchanged()
            format_ = Format(found.subscription.format)
            local = is_file(found.subscription.address)  # a person named it: its folder is theirs
            with (
                lines_of(body.path, format_, beside=local) as lines,
                gather(lines, format_, Path(folder), told.lines) as gathered,
            ):
                outcome = judge(self._store, found, body, gathered, self._how.now())
            self._held.settle(found, outcome.held and not outcome.hashed, body, Path(folder))
            return outcome

    def _body(
        self, found: Subscribed, known: Known, proxy: str, folder: Path, told: Told
    ) -> Body | None:
        waiting = self._held.find(found)
        if waiting is not None:
            return waiting
        what = found.subscription
        return fetch(
            what.address, Format(what.format), folder, limits=self._how.limits, proxy=proxy,
            known=None if found.fetch.accept else known, trust=self._how.trust,
            progress=told.octets,
        )  # fmt: skip

    def _end(self, list_id: str, outcome: Outcome) -> Subscribed | None:
        with self._store.session() as session:
            found = subscriptions.get(session, list_id)
            if found is None:  # removed while it was fetched
                return None
            outcome.note(session, list_id, self._how.now(), self._how.share())
            ended = subscriptions.get(session, list_id)
        if outcome.trouble:
            log.warning("list %s: %s", list_id, outcome.trouble)
        return ended

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep everybody else on this data from fetching; who was killed holds nothing."""
        self._how.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._how.work / "lock").open("a", encoding="utf-8") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError("another list is being fetched right now") from error
            for left in self._how.work.glob("fetch-*"):  # by a fetch that was killed
                shutil.rmtree(left, ignore_errors=True)
            yield
