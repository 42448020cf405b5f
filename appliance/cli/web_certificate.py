"""HTTPS for the admin UI: for which names and addresses its certificate is made, and when."""

from __future__ import annotations

import re
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from appliance import clock
from appliance.cli.errors import InputError

if TYPE_CHECKING:
    from admin_ui.settings import Tls

_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]{1,63})*")


def names(_ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Check ``--web-name``: host names in A-label form, and IP addresses.

    Raises:
        InputError: one of them is neither.
    """
    found = tuple(text.lower().rstrip(".") for text in given)
    for text in found:
        if not (_is_address(text) or _NAME.fullmatch(text)):
            raise InputError(f"{param.opts[0]}: {text!r} is neither a host name nor an address")
    return found


def own_tls(data: Path, listen: str, given: tuple[str, ...]) -> Tls:
    """Return TLS by the appliance's own authority, renewed as it runs.

    listen: the address listened on. given: names and addresses that people use besides.
    """
    from admin_ui.settings import Tls
    from appliance.authority import files
    from appliance.authority.admin import admin_certificate

    hosts, addresses = spoken_of(listen, given)

    def renew() -> Path:
        return admin_certificate(data / "ca", hosts, addresses, clock.real())

    path = data / "ca" / files.ADMIN
    return Tls(path, path, renew)


def spoken_of(listen: str, given: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names and the addresses that the certificate has to hold for."""
    where = ip_address(listen.partition("%")[0])
    hosts = [text for text in given if not _is_address(text)]
    addresses = [text for text in given if _is_address(text)]
    if not where.is_unspecified:
        addresses.append(str(where))
    if where.is_unspecified or where.is_loopback:
        hosts.append("localhost")
        addresses += ["127.0.0.1", "::1"]
    own = socket.gethostname().lower()
    if _NAME.fullmatch(own):
        hosts += [own] if "." in own else [own, f"{own}.local"]
    return tuple(dict.fromkeys(hosts)), tuple(dict.fromkeys(addresses))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
