"""What each sign weighs: the figures of ``templates/signals.yaml``, and a school's own on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

import yaml

from appliance.circumvention.signals import Signal

LARGEST: Final = 1000.0  # of any figure: more is a slip of the finger
SETTING: Final = "signal_weights"  # where the store keeps a school's own figures
_PLAIN: Final = (
    "days", "half_life_hours", "burst_minutes", "again", "worth_a_look", "likely",
)  # fmt: skip
_LEAST: Final[Mapping[str, float]] = MappingProxyType(
    {"days": 1, "half_life_hours": 1, "worth_a_look": 0.1, "likely": 0.1}
)


@dataclass(frozen=True, slots=True)
class Weight:
    """Points of one burst, and the most that its kind of sign gives in all."""

    weight: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All figures; see the data file. ordinary: canonical names that weigh nothing."""

    days: float
    half_life_hours: float
    burst_minutes: float
    again: float
    worth_a_look: float
    likely: float
    signals: Mapping[Signal, Weight]
    ordinary: frozenset[str] = frozenset()

    @property
    def window(self) -> timedelta:
        """How far back is looked."""
        return timedelta(days=self.days)

    @property
    def burst(self) -> timedelta:
        """The longest silence inside a burst."""
        return timedelta(minutes=self.burst_minutes)

    @property
    def half_life(self) -> timedelta:
        """After how long points count half."""
        return timedelta(hours=self.half_life_hours)

    def figures(self) -> dict[str, float]:
        """Return every figure by the name that ``changed`` takes."""
        found: dict[str, float] = {name: getattr(self, name) for name in _PLAIN}
        for signal, weight in self.signals.items():
            found |= {signal.value: weight.weight, f"{signal.value}.most": weight.most}
        return found


@cache
def shipped() -> Weights:
    """Return the figures that come with the appliance. A mistake in them is ours."""
    text = (resources.files("appliance.templates") / "signals.yaml").read_text("utf-8")
    said: dict[str, Any] = yaml.safe_load(text)
    signals = {Signal(name): Weight(**one) for name, one in said["signals"].items()}
    return Weights(
        **{name: float(said[name]) for name in _PLAIN},
        signals=MappingProxyType({signal: signals[signal] for signal in Signal}),
        ordinary=frozenset(said["ordinary"]),
    )


def changed(weights: Weights, changes: Mapping[str, Any]) -> Weights:
    """Return figures with some of them changed: ``{"likely": 9, "vpn_name.most": 6}``.

    Raises:
        ValueError: names the figure that there is not, or that cannot be.
    """
    known, signals = weights.figures(), dict(weights.signals)
    plain: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"{name}: there is no such figure (there are {', '.join(known)})")
        number = _number(name, value)
        kind, _, part = name.partition(".")
        if name in _PLAIN:
            plain[name] = number
        elif part:
            signals[Signal(kind)] = replace(signals[Signal(kind)], most=number)
        else:
            signals[Signal(kind)] = replace(signals[Signal(kind)], weight=number)
    found = replace(weights, **plain, signals=MappingProxyType(signals))
    if found.likely < found.worth_a_look:
        raise ValueError("likely: must not be below worth_a_look")
    if found.again > 1:
        raise ValueError("again: a repetition weighs no more than the first time (0 to 1)")
    return found


def of_school(changes: object) -> Weights:
    """Return the figures with what a school's store says on top.

    Fails to the shipped figures: a damaged setting must not hide every sign.
    """
    if not isinstance(changes, Mapping):
        return shipped()
    try:
        return changed(shipped(), changes)
    except ValueError:
        return shipped()


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ValueError(f"{name}: {str(value)[:40]!r} is not a number")
    least = _LEAST.get(name, 0)
    if not least <= value <= LARGEST:
        raise ValueError(f"{name}: {str(value)[:40]} is not between {least:g} and {LARGEST:g}")
    return float(value)
