"""Devices that will not believe our certificate: the CA is missing, or the app pins."""

from __future__ import annotations

from typing import Final

from mitmproxy import tls

from proxy_addons.gate import Gate

ALERTS: Final = ("unknown ca", "bad certificate", "certificate unknown")
KEPT: Final = 256  # devices


class Distrust:
    """Counts, for each device, the handshakes that ended in such an alert."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._found: dict[str, dict[str, object]] = {}

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """Take down a handshake that the client broke off over the certificate."""
        link = self._gate.connections.by_id(data.context.client.id)
        error = (data.conn.error or "").lower()
        if link is None or not link.answered or not any(alert in error for alert in ALERTS):
            return
        before = self._found.pop(link.address, {"count": 0})  # the latest stands last
        if len(self._found) >= KEPT:
            self._found.pop(next(iter(self._found)))
        count = before["count"]
        self._found[link.address] = {
            "count": count + 1 if isinstance(count, int) else 1,
            "device": link.client.device_name,
            "last_host": link.answered,
            "last": self._gate.judge.now().at.isoformat(timespec="seconds"),
        }

    def devices(self) -> dict[str, dict[str, object]]:
        """Return what was counted, by address."""
        return dict(self._found)
