"""Whether a device has the school's certificate, from the handshakes that the proxy saw."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from admin_ui.gate import gate
from appliance.policy.subjects import Device

State = Literal["trusts", "refuses", "unknown"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the proxy saw last, and when."""

    state: State = "unknown"
    at: datetime | None = None


def of_device(device: Device) -> Proof:
    """Return what the proxy saw of a registered device."""
    return _of(lambda said: said.get("device") == device.id or said.get("mac") in device.macs,
               device.addresses)  # fmt: skip


def of_addresses(addresses: Iterable[str], mac: str) -> Proof:
    """Return what the proxy saw of a device that is known by address or MAC."""
    return _of(lambda said: bool(mac) and said.get("mac") == mac, tuple(addresses))


def _of(fits: Any, addresses: tuple[str, ...]) -> Proof:
    said = _said(gate().settings.data)
    found = [
        proof
        for address, one in said.items()
        if isinstance(one, dict) and (address in addresses or fits(one))
        if (proof := _proof(one)) is not None
    ]
    dated = [(proof.at, proof) for proof in found if proof.at is not None]
    return max(dated, key=lambda pair: pair[0])[1] if dated else Proof()


def _proof(one: dict[str, Any]) -> Proof | None:
    try:
        at = datetime.fromisoformat(one["at"])
        if at.tzinfo is None:
            return None
        return Proof("trusts" if one["trusts"] is True else "refuses", at)
    except (KeyError, TypeError, ValueError):
        return None


def _said(data: Path) -> dict[str, Any]:
    try:
        said = json.loads((data / "run" / "trust.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # nothing is known, and the page says so
    return said if isinstance(said, dict) else {}
