"""The table of ways round the gate: measured, and kept where the help pages read it.

``admin_ui/help/bypasses.json`` holds for each way and role whether it is stopped, and by which
signs it is seen. ``BYPASSES=write`` in the environment writes what was measured there; without
it the tests compare.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from appliance.circumvention.signals import classified
from tests.e2e import bypass_addresses, bypass_names, bypass_tunnels
from tests.e2e.bypass import Bypass
from tests.e2e.lab import ROOT

FILE: Final = ROOT / "admin_ui" / "help" / "bypasses.json"
CASES: Final = {
    case.id: case for case in (*bypass_names.CASES, *bypass_addresses.CASES, *bypass_tunnels.CASES)
}
INSIDE: Final = {"pupil": ("10.10.", "fd00:10:", "fd00:910:", "10.20.0.77"),
                 "staff": ("10.20.", "fd00:20:", "fd00:920:")}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of one way. seen: ids of signs in the log."""

    stopped: bool
    seen: tuple[str, ...]


def seen(case: Bypass, role: str, attempts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the signs of a way among what is written down of this role's machines."""
    found = set()
    for row in attempts:
        sign = classified(row["signal"], row["reason"], row["category"])
        told = f"{row['host']} {row['evidence']} {row['address']} {sign}"
        if sign and row["address"].startswith(INSIDE[role]) and re.search(case.trace, told):
            found.add(sign.value)
    return tuple(sorted(found))


def kept(file: Path = FILE) -> dict[tuple[str, str], Outcome]:
    """Return the table as the help pages show it, by way and role."""
    read = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {
        (id_, role): Outcome(one["stopped"], tuple(one["seen"]))
        for id_, roles in read.items()
        for role, one in roles.items()
    }


def wanted() -> bool:
    """Whether what is measured is to be written instead of compared."""
    return os.environ.get("BYPASSES") == "write"


def write(found: Mapping[tuple[str, str], Outcome], file: Path = FILE) -> None:
    """Put what was measured into the table; what was not measured this time stays."""
    every = {**kept(file), **found}
    table: dict[str, dict[str, Any]] = {id_: {} for id_ in CASES}
    for (id_, role), outcome in every.items():
        if id_ in CASES and role in CASES[id_].roles:
            table[id_][role] = asdict(outcome)
    file.write_text(json.dumps(table, indent=1) + "\n", "utf-8")
