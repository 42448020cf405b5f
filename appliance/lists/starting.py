"""The starter lists that come with Bellgate: our own few names, for a start without internet."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from appliance.lists.parse import Parsed, parse


def starters() -> Iterator[tuple[str, Parsed]]:
    """Yield each category that has a starter list, and its names.

    The ways round the gate (VPNs, web proxies, encrypted resolvers, Tor) need none: their
    names are in the catalogue itself.
    """
    folder = resources.files("appliance").joinpath("lists", "starter")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".txt"):
            yield file.name.removesuffix(".txt"), parse(file.read_text("utf-8").splitlines())
