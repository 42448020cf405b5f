"""Ways round the gate and what becomes of each: words beside what the tests measured.

``bypasses.yaml`` holds the words, ``bypasses.json`` what ``tests/e2e/test_bypass.py`` measured on
a gate in gateway mode with the reference policy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from appliance.circumvention.signals import Signal, name_of

ROLES: Final = ("pupil", "staff")


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one way. seen: the signs in the log by which it is noticed, in words."""

    stopped: bool
    seen: tuple[str, ...]

    @property
    def words(self) -> str:
        """The outcome in words; the colour beside it says nothing more."""
        if self.stopped:
            return "Stopped, noticed" if self.seen else "Stopped"
        return "Noticed only" if self.seen else "Gets through"

    @property
    def colour(self) -> str:
        """The colour of the words' tag."""
        return "green" if self.stopped else "yellow" if self.seen else "red"


@dataclass(frozen=True, slots=True)
class Way:
    """One way. became: by role; a role that cannot try it is missing."""

    title: str
    how: str
    became: dict[str, Became]


@dataclass(frozen=True, slots=True)
class Group:
    """Ways of one kind."""

    heading: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many ways come to what for one role."""

    stopped: int
    noticed: int
    through: int


@cache
def groups() -> tuple[Group, ...]:
    """Return every way, in the order of the page. Part of the program: a mistake is ours."""
    measured: dict[str, dict[str, Any]] = json.loads(_text("bypasses.json"))
    read: list[dict[str, Any]] = yaml.safe_load(_text("bypasses.yaml"))
    return tuple(
        Group(
            group["heading"],
            tuple(
                Way(words["title"], words["how"], _became(measured[id_]))
                for id_, words in group["ways"].items()
            ),
        )
        for group in read
    )


def counts(role: str) -> Counts:
    """Return the sums over all ways that a role can try."""
    every = [way.became[role] for group in groups() for way in group.ways if role in way.became]
    return Counts(
        stopped=sum(one.stopped for one in every),
        noticed=sum(not one.stopped and bool(one.seen) for one in every),
        through=sum(not one.stopped and not one.seen for one in every),
    )


def _became(roles: dict[str, Any]) -> dict[str, Became]:
    return {
        role: Became(one["stopped"], tuple(name_of(Signal(id_)) for id_ in one["seen"]))
        for role, one in roles.items()
    }


def _text(name: str) -> str:
    return (resources.files("admin_ui.help") / name).read_text("utf-8")
