"""``bellgate lists update``: fetching subscribed lists now, with a progress bar on a terminal."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, printable
from appliance.cli.places import Places

if TYPE_CHECKING:
    from appliance.refresh.progress import Watcher
    from appliance.refresh.runner import Runner
    from appliance.store.session import Store
    from appliance.store.subscriptions import Subscribed

PATIENCE: Final = 60.0  # seconds to wait for a fetch that the running gate is at
_TURN: Final = 0.5


@click.command("update")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--accept", is_flag=True, help="Use what was held back for changing too much, as it "
              "was when it was held.")  # fmt: skip
@data_option
@json_option
@click.pass_context
def update_command(
    ctx: click.Context, id_: str | None, accept: bool, data: Path, as_json: bool
) -> None:
    """Fetch a subscribed list now, or all of them.

    Whatever goes wrong, the list as it was stays in force. Exits with 1 when a list could
    not be fetched, or changed so much that somebody has to look (`bellgate lists show ID`).
    """
    from appliance.cli import storing
    from appliance.refresh.runner import Runner, Settings

    if accept and id_ is None:
        raise InputError("--accept: say which list")
    with storing.store_of(data) as store:
        ids = _ids(store, id_)
        if accept:
            _accept(store, str(id_))
        how = Settings(work=Places(data).lists, now=clock.real, share=random.SystemRandom().random)
        runner = Runner(store, how)
        ended = [found for one in ids if (found := _update(runner, one)) is not None]
    if as_json:
        print_json([{"id": one.subscription.list_id, **_fields(one)} for one in ended])
    elif not ended:
        print("There are no subscriptions (`bellgate lists presets`).")
    for one in () if as_json else ended:
        print(_said(one))
    ctx.exit(0 if all(one.fetch.state in ("good", "unchanged") for one in ended) else 1)


def _ids(store: Store, id_: str | None) -> list[str]:
    from appliance.store import subscriptions

    with store.reading() as session:
        known = subscriptions.list_(session)
    if id_ is None:
        return [one.subscription.list_id for one in known if one.subscription.enabled]
    if id_ not in {one.subscription.list_id for one in known}:
        raise InputError(f"there is no subscription {id_!r} (`bellgate lists list`)")
    return [id_]


def _accept(store: Store, id_: str) -> None:
    from appliance.cli import storing
    from appliance.store import subscriptions

    doing = f"bellgate lists update {id_} --accept"
    with store.session(actor=f"command:{storing.author()}", doing=doing) as session:
        found = subscriptions.get(session, id_)
        digest = found.fetch.digest if found is not None else ""
        if not subscriptions.accept(session, id_, digest, clock.real()):
            raise InputError(f"{id_}: nothing is held back (`bellgate lists show {id_}`)")


def _update(runner: Runner, id_: str) -> Subscribed | None:
    from appliance.refresh.runner import BusyError

    deadline = clock.monotonic() + PATIENCE
    while True:
        try:
            with _watched(id_) as watcher:
                return runner.update(id_, watcher)
        except BusyError as error:  # the gate itself is fetching
            if clock.monotonic() > deadline:
                raise InputError(f"{id_}: {error}; try again in a minute") from error
            time.sleep(_TURN)


@contextmanager
def _watched(id_: str) -> Iterator[Watcher]:
    """Draw a bar while a list is fetched and read, where somebody sits in front of it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from appliance.refresh.progress import Watcher

    if not sys.stderr.isatty():
        yield Watcher()
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(),
               TextColumn("{task.fields[said]}", markup=False))  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{printable(id_)}: asking", total=None, said="")

        def tell(state: str, done: int, total: int | None) -> None:
            said = f"{done / 1e6:,.1f} MB" if state == "fetching" else f"{done:,} lines"
            bar.update(
                task, description=f"{printable(id_)}: {state}", completed=done, total=total,
                said=said,
            )  # fmt: skip

        yield Watcher(tell)


def _fields(one: Subscribed) -> dict[str, object]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(one.fetch).items() if name != "accept"}


def _said(one: Subscribed) -> str:
    id_, fetch = one.subscription.list_id, one.fetch
    match fetch.state:
        case "good":
            left = f" {fetch.refused:,} lines were no names." if fetch.refused else ""
            return f"{id_}: {fetch.entries:,} names in {one.subscription.category}.{left}"
        case "unchanged":
            return f"{id_}: nothing new."
        case "held":
            return (
                f"{id_}: HELD. {printable(fetch.trouble)} To look: bellgate lists show {id_}. "
                f"To use it: bellgate lists update {id_} --accept"
            )
    return f"{id_}: FAILED. {printable(fetch.trouble)}"
