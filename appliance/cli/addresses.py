"""Addresses and ports as flags give them, and whether they are free to listen on."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from appliance.cli.errors import InputError

Endpoint = tuple[str, int]
RESOLV_CONF: Final = Path("/etc/resolv.conf")


def endpoint(text: str, default_port: int, option: str) -> Endpoint:
    """Read ``ADDR``, ``ADDR:PORT`` or ``[IPv6]:PORT``.

    Raises:
        InputError: no IP address, or no port from 1 to 65535; the message names the option.
    """
    host, port = text, ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    try:
        ip_address(host.partition("%")[0])
    except ValueError as error:
        raise InputError(f"{option}: {host!r} is not an IP address") from error
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise InputError(f"{option}: {port!r} is not a port (1 to 65535)")
    return host, int(port) if port else default_port


def written(where: Endpoint) -> str:
    """Return an endpoint as ``endpoint`` reads it."""
    host, port = where
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def system_upstreams(ours: Iterable[Endpoint], path: Path = RESOLV_CONF) -> tuple[Endpoint, ...]:
    """Return the system's resolvers (resolv.conf(5)), but never our own DNS: that is a loop."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    words = [line.split() for line in lines]
    found = [(w[1], 53) for w in words if len(w) > 1 and w[0] == "nameserver" and _is_ip(w[1])]
    own = set(ours)
    return tuple(where for where in found if where not in own)


def check_free(where: Endpoint, kind: socket.SocketKind, option: str) -> None:
    """Make sure that a port can be listened on, before anything is started.

    Raises:
        InputError: it is taken, not ours to take, or not an address of this machine.
    """
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # TIME_WAIT is no one
        try:
            probe.bind(where)
            if kind is socket.SOCK_STREAM:
                probe.listen(1)
        except OSError as error:
            name = "UDP" if kind is socket.SOCK_DGRAM else "TCP"
            place = f"{name} port {where[1]} on {where[0]}"
            raise InputError(f"{place} {_why(error)} ({option})") from error


def _why(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "is in use already: choose another one"
        case errno.EACCES:
            return "may only be used by root: choose one from 1024 up"
        case errno.EADDRNOTAVAIL:
            return "cannot be used: this machine does not have that address"
        case _:
            return f"cannot be used: {error.strerror}"


def _is_ip(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
