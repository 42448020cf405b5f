"""Reading what is known of the internet by address and port (``templates/network_facts.yaml``)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

from appliance.firewall.settings import Known, Range


@cache
def known() -> Known:
    """Return the facts. They are part of the program: a mistake in them is ours."""
    text = (resources.files("appliance.templates") / "network_facts.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return Known(
        ranges=tuple(
            Range(id_, tuple(one["services"]), tuple(one["prefixes"]))
            for id_, one in found["ranges"].items()
        ),
        resolvers=tuple(a for every in found["resolvers"].values() for a in every),
        tunnels=_spans(found["tunnels"]),
        protocols=tuple(found["protocols"]),
        spared=_spans(found["spared"]),
        local=tuple(found["local"]),
    )


def _spans(found: dict[str, list[list[int]]]) -> tuple[tuple[str, int, int], ...]:
    return tuple((protocol, a, b) for protocol, spans in found.items() for a, b in spans)
