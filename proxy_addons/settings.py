"""What one proxy process is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from appliance.authority.certificates import ON_LOOPBACK, PORTAL

Address = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """Where to listen, where to ask names, and where it may connect to.

    data: the data directory (``snapshot/``, ``spool/``, ``ca/``, ``run/``).
    steered_http, steered_https: where steered names lead to; explicit: the manual proxy.
    upstreams: the resolvers that names are asked of, never our own DNS.
    upstream_ca: further roots for the web servers beyond (a PEM file); None: the usual ones.
    own_addresses: the appliance's own addresses, which no name may lead to.
    https_port, http_port: where web servers listen; other than 443 and 80 only in tests.
    any_address: loopback and private answers are taken too; only for tests.
    """

    data: Path
    steered_http: tuple[Address, ...] = ()
    steered_https: tuple[Address, ...] = ()
    explicit: tuple[Address, ...] = ()
    upstreams: tuple[Address, ...] = ()
    upstream_ca: Path | None = None
    own_addresses: tuple[str, ...] = ()
    https_port: int = 443
    http_port: int = 80
    any_address: bool = False

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names of the appliance itself: browsers find the second without any DNS."""
        loopback = any(ip_address(host).is_loopback for host, _ in self.steered_https)
        return (PORTAL, ON_LOOPBACK) if loopback else (PORTAL,)
