"""From what a client sent to what the policy can be asked. Pure: plain values in and out.

A request names its host up to four times: in the TLS hello (or CONNECT), in an
absolute-form request line or ``:authority``, and in ``Host``. All must agree (RFC 9110
section 7.4), or a permitted name would carry a request for another: answered 421.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from appliance.attempts.attempt import Visit
from appliance.policy.names import BadNameError, canonical
from appliance.policy.urls import BadUrlError, Url, request_url, split_authority

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Misdirected:
    """A request that cannot be read as one for a single host. status: 400 or 421."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The headers that matter, as text; names of hosts in the order they came."""

    hosts: tuple[str, ...] = ()
    dest: str = ""
    mode: str = ""
    accept: str = ""
    requested_with: str = ""


def host_of(text: str | None) -> str | None:
    """Return a host name in canonical form, None where there is none that can be."""
    try:
        return canonical(text) if text else None
    except BadNameError:
        return None


def seen(fields: Headers) -> Seen:
    """Pick what matters out of raw header fields, in one pass."""
    hosts: list[str] = []
    found = {b"sec-fetch-dest": "", b"sec-fetch-mode": "", b"accept": "", b"x-requested-with": ""}
    for raw, value in fields:
        name = raw.lower()
        if name == b"host":
            hosts.append(value.decode("utf-8", "replace"))
        elif name in found:
            found[name] = value.decode("utf-8", "replace").strip().lower()
    return Seen(tuple(hosts), *found.values())


def target(
    *, scheme: str, named: tuple[str, ...], path: str, bound: str | None, ports: Container[int]
) -> Url | Misdirected:
    """Return the URL that a request is for.

    scheme: http or https, by the connection. named: every authority that the request
    gives. bound: the host that the connection is for, where it says (SNI, CONNECT).
    ports: those that an authority may give; one without a port means the usual one.
    """
    usual = 443 if scheme == "https" else 80
    if not named:
        return Misdirected(400, "the request names no host")
    try:
        found = {split_authority(name, usual) for name in named}
    except BadUrlError as error:
        return Misdirected(400, str(error))
    hosts = {host for host, _ in found}
    if bound is not None:
        hosts.add(bound)
    if len(hosts) != 1 or any(port != usual and port not in ports for _, port in found):
        return Misdirected(421, "the request and its connection name different hosts")
    if not path.startswith("/"):
        return Misdirected(400, "the request has no path")
    return request_url(scheme, hosts.pop(), usual, path)


def visit(headers: Seen) -> Visit:
    """Tell a page that a person opened from an app at work (Fetch Metadata, W3C)."""
    if headers.dest or headers.mode:
        page = headers.dest == "document" or (headers.mode == "navigate" and not headers.dest)
    else:
        page = "text/html" in headers.accept
    return Visit.PAGE if page else Visit.BACKGROUND
