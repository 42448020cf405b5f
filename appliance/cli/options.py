"""The options that commands share: where the data lies, and how to print."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def default_data() -> Path:
    """Return the XDG data directory of Bellgate (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME", "")
    # The specification says that a relative path is to be ignored.
    root = Path(base) if base.startswith("/") else Path.home() / ".local" / "share"
    return root / "bellgate"


def data_option(command: Command) -> Command:
    """Add ``--data DIR``: the data directory of the gate that is spoken of."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_data,
        envvar="BELLGATE_DATA",
        callback=_given_back,
        metavar="DIR",
        help="Where the gate keeps its data.  [default: ~/.local/share/bellgate]",
    )(command)


def _given_back(ctx: click.Context, _: click.Parameter, data: Path) -> Path:
    """Give what root makes in somebody's data directory to them: their gate has to use it."""
    if os.geteuid() == 0 and ctx.info_name != "up":
        from appliance.cli.as_user import keep_owner

        ctx.call_on_close(keep_owner(data))
    return data


def json_option(command: Command) -> Command:
    """Add ``--json``: print one JSON document instead of text for people."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
