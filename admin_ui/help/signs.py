"""What the help says of signs: what each is and weighs, and how often they were right.

The rates are a file that a test makes anew and compares (``python -m tests.bench.signals``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from admin_ui.gate import StoreAwayError, gate
from appliance.circumvention.signals import meaning_of, name_of
from appliance.circumvention.weights import Weights, shipped
from appliance.store import signals

TABLE: Final = Path(__file__).with_name("signal_rates.json")


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of sign, in words and figures."""

    name: str
    meaning: str
    weight: float
    most: float


@dataclass(frozen=True, slots=True)
class Signs:
    """All that the page shows. rates: as in the file. own: the school has changed figures."""

    signs: tuple[Sign, ...]
    weights: Weights
    own: bool
    rates: dict[str, Any]


def signs() -> Signs:
    """Return it for this school; with the database away, the figures that ship."""
    try:
        with gate().reading() as session:
            weights = signals.weights(session)
    except StoreAwayError:
        weights = shipped()
    every = tuple(
        Sign(name_of(signal), meaning_of(signal), weight.weight, weight.most)
        for signal, weight in weights.signals.items()
    )
    return Signs(every, weights, weights != shipped(), _rates())


@cache
def _rates() -> dict[str, Any]:
    found = json.loads(TABLE.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found
