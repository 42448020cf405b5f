"""What a self-test found, one value for each thing it tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from appliance.status.checks import Level

SCHEDULE: Final = "schedule"  # who asked for a run that nobody asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing tried: as whom, in which period, what, and what was found.

    role, network, period: empty for the gate itself. expected, found: ``blocked``, ``open``,
    ``locked`` (safe search) and the like. todo: empty where all is well.
    """

    about: str
    level: Level
    words: str
    todo: str = ""
    role: str = ""
    network: str = ""
    period: str = ""
    period_kind: str = ""
    host: str = ""
    expected: str = ""
    found: str = ""


def well(results: Iterable[Result]) -> bool:
    """Whether nothing is red. What is amber works, and is to be looked at."""
    return all(result.level is not Level.RED for result in results)
