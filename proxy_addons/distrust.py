"""Which devices believe our certificate, from their handshakes; kept for the technician.

A device that breaks a handshake off over the certificate has no CA of ours, or an app on it
pins; one that ends it has the CA. Which device it was is nobody else's business: it is
written to a file of the data directory, and the health page gives counts alone. What it
wanted to open is not kept.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from mitmproxy import tls

from proxy_addons.connections import Connection
from proxy_addons.gate import Gate
from proxy_addons.signs import LostTrust

ALERTS: Final = ("unknown ca", "bad certificate", "certificate unknown")
KEPT: Final = 2048  # devices
FILE: Final = "trust.json"

log = logging.getLogger(__name__)


class Distrust:
    """Takes down how the latest handshake of each address with our certificate ended."""

    def __init__(self, gate: Gate, directory: Path) -> None:
        """Go on with what an earlier process wrote into the directory."""
        self._gate = gate
        self._path = directory / FILE
        self._found = _read(self._path)
        self._fresh = False
        self._lost = LostTrust(gate)

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Take down a handshake that the client broke off over the certificate."""
        link = self._gate.connections.by_id(data.context.client.id)
        error = (data.conn.error or "").lower()
        if link is not None and _tells(link) and any(alert in error for alert in ALERTS):
            self._lost.refused(link, before=self._believed(link))
            self._note(link, trusts=False)

    def tls_established_client(self, data: tls.TlsData) -> None:
        """Take down a handshake that the client ended: it believed our certificate."""
        link = self._gate.connections.by_id(data.context.client.id)
        if link is not None and _tells(link):
            self._lost.believed(link)
            self._note(link, trusts=True)

    def counts(self) -> dict[str, int]:
        """Return how many addresses believed us last, and how many did not."""
        trusting = sum(1 for one in self._found.values() if one.get("trusts") is True)
        return {"trusting": trusting, "refusing": len(self._found) - trusting}

    def write(self) -> None:
        """Write down what is new. Never raises: what is not written is only not known."""
        if not self._fresh:
            return
        self._fresh = False
        draft = self._path.with_name(f".{FILE}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(self._found), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            log.debug("who trusts the certificate cannot be written down: %s", error)

    def _believed(self, link: Connection) -> bool:
        """Whether this very device believed us last, also before a restart."""
        held = self._found.get(link.address, {})
        same = held.get("device") == (link.client.device or "")
        return same and held.get("mac") == (link.client.mac or "") and held.get("trusts") is True

    def _note(self, link: Connection, *, trusts: bool) -> None:
        self._found.pop(link.address, None)  # the latest stands last
        if len(self._found) >= KEPT:
            self._found.pop(next(iter(self._found)))
        self._found[link.address] = {
            "trusts": trusts,
            "device": link.client.device or "",
            "mac": link.client.mac or "",
            "at": self._gate.judge.now().at.isoformat(timespec="seconds"),
        }
        self._fresh = True


def _tells(link: Connection) -> bool:
    return bool(link.answered) and not link.unseen  # the self-test is no device


def _read(path: Path) -> dict[str, dict[str, object]]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {str(address): one for address, one in said.items() if isinstance(one, dict)}
