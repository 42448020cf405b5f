"""The same salt in every run: with a new one, one run in some hundred puts two clients on a bit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from appliance.look_alikes import feed


def fixed_salt(run: Path, *days: date) -> None:
    """Give the days the salt that a first worker would have made."""
    folder = run / feed.FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for day in days:
        (folder / f"salt-{day.isoformat()}").write_bytes(b"the same salt in each run")
