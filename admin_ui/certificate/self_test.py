"""Where a browser proves that it trusts the certificate: at the proxy, by HTTPS, by name.

The proxy answers for the appliance's own name with a certificate of the school's authority.
On one's own machine browsers find ``*.localhost`` without any DNS (RFC 6761 section 6.3).
"""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from appliance.authority.certificates import ON_LOOPBACK, PORTAL
from appliance.status.running import announced


def origin(data: Path) -> str:
    """Return ``https://host[:port]`` of the self-test; empty where no proxy listens."""
    running = announced(data)
    if running is None or running.https is None:
        return ""
    listen, port = running.https
    try:
        loopback = ip_address(listen.partition("%")[0]).is_loopback
    except ValueError:
        return ""
    name = ON_LOOPBACK if loopback else PORTAL
    return f"https://{name}" if port == 443 else f"https://{name}:{port}"
