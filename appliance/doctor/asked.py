"""Asking the core for a self-test now: a file that says who asks, gone when it is done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

FILE: Final = "self-test.asked"
_LONGEST: Final = 200


def ask(run: Path, who: str) -> None:
    """Ask for a self-test. who: a login. Asked twice before it began, it is done once.

    Raises:
        OSError: the directory cannot be written to.
    """
    draft = run / f".{FILE}"
    draft.write_text(json.dumps({"who": who[:_LONGEST]}), encoding="utf-8")
    draft.replace(run / FILE)


def asked(run: Path) -> str | None:
    """Return who asked for a self-test that is not done yet; None: nobody did."""
    try:
        said = json.loads((run / FILE).read_text(encoding="utf-8"))
        return str(said["who"])[:_LONGEST]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def done(run: Path) -> None:
    """Say that it is done. A directory that cannot be written to has it done again."""
    (run / FILE).unlink(missing_ok=True)
