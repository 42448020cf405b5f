"""Presets: well-kept public lists, by category, as a primary school needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Final

import yaml

from appliance.lists.subscription import Subscription

MOST_CHANGE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A public list that can be subscribed to by its id.

    homepage: where its keepers speak of it. every: hours. size: names in it, about.
    recommended: the one to begin with in its category. about: a sentence or two for whoever
    chooses.
    """

    id: str
    name: str
    category: str
    address: str
    format: str
    licence: str
    licence_url: str
    attribution: str
    homepage: str
    every: int
    size: int
    recommended: bool
    about: str
    most_change: float = MOST_CHANGE

    def subscription(self, *, made: datetime, made_by: str) -> Subscription:
        """Return the subscription that this preset stands for."""
        return Subscription(
            list_id=self.id, name=self.name, address=self.address, format=self.format,
            category=self.category, licence=self.licence, attribution=self.attribution,
            every=self.every, most_change=self.most_change, made=made, made_by=made_by,
            preset=self.id,
        )  # fmt: skip


@lru_cache(maxsize=1)
def presets() -> tuple[Preset, ...]:
    """Return every preset, in the order of the file: by category, the recommended first."""
    text = resources.files("appliance").joinpath("lists", "presets.yaml").read_text("utf-8")
    return tuple(Preset(id=id_, **fields) for id_, fields in yaml.safe_load(text).items())


def preset(id_: str) -> Preset | None:
    """Return a preset by id; None: there is none."""
    return next((one for one in presets() if one.id == id_), None)
