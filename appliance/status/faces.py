"""The faces, asked as a client would ask them: what they answer is what clients get."""

from __future__ import annotations

import json
import secrets
import socket
import ssl
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final, NamedTuple

from dnslib import CLASS, QTYPE, RCODE, DNSError, DNSHeader, DNSQuestion, DNSRecord

from appliance.status.checks import Check, Level

Endpoint = tuple[str, int]
PATIENCE: Final = 1.0  # seconds
SNAPSHOT_NAME: Final = "snapshot.bellgate"
HEALTH_HOST: Final = "bellgate.internal"
_BIGGEST: Final = 4096


class _Asked(NamedTuple):
    name: str
    type: int
    cls: int
    recursion: int


_SNAPSHOT: Final = _Asked(SNAPSHOT_NAME, QTYPE.TXT, CLASS.CH, 0)
_ROOT: Final = _Asked(".", QTYPE.NS, CLASS.IN, 1)


def dns(where: Endpoint, source: str = "") -> Check:
    """Ask the DNS server for the version of the snapshot it enforces (CHAOS TXT).

    source: the address of ours to ask from; from loopback it always tells.
    """
    try:
        answer = _ask(where, _SNAPSHOT, source)
    except (OSError, DNSError, ValueError) as error:
        said = f"does not answer on {where[0]} port {where[1]}: {_short(error)}"
        return Check("dns", Level.RED, f"DNS {said}.")
    texts = [b"".join(rr.rdata.data).decode("ascii", "replace") for rr in answer.rr]
    if answer.header.rcode != RCODE.NOERROR or not texts:
        code = RCODE.get(answer.header.rcode)
        return Check("dns", Level.RED, f"DNS answers {code} when asked for its snapshot.")
    words = f"DNS answers on {where[0]} port {where[1]}, enforcing snapshot {texts[0]}."
    return Check("dns", Level.GOOD, words, (("snapshot", _number(texts[0])),))


def upstream(resolvers: Sequence[Endpoint]) -> Check:
    """Ask the resolvers that our DNS asks for the root, which all know, until one answers.

    They are asked themselves: what we answer may be a day old and say nothing of them.
    """
    if not resolvers:
        words = "No resolver is known: no name of the internet is found (`bellgate up --upstream`)."
        return Check("upstream", Level.AMBER, words)
    failures = []
    for where in resolvers:
        try:
            answer = _ask(where, _ROOT)
        except (OSError, DNSError, ValueError) as error:
            failures.append(f"{where[0]} port {where[1]}: {_short(error)}")
            continue
        if answer.header.rcode == RCODE.NOERROR:
            words = f"The resolver {where[0]} answers."
            return Check("upstream", Level.GOOD, words, (("resolver", where[0]),))
        failures.append(f"{where[0]} port {where[1]}: {RCODE.get(answer.header.rcode)}")
    words = (
        f"No resolver of the internet answers ({'; '.join(failures)}). Names that are not known "
        "yet are not found; the filter works on."
    )
    return Check("upstream", Level.AMBER, words)


def proxy(where: Endpoint) -> Check:
    """Ask the proxy for its health."""
    connection = HTTPConnection(where[0], where[1], timeout=PATIENCE)
    try:
        connection.request("GET", f"http://{HEALTH_HOST}/health", headers={"Host": HEALTH_HOST})
        response = connection.getresponse()
        said = json.loads(response.read(_BIGGEST))
        version, state = _number(said["snapshot"]), str(said["state"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
        said = f"does not answer on {where[0]} port {where[1]}: {_short(error)}"
        return Check("proxy", Level.RED, f"The proxy {said}. Steered sites are unreachable.")
    finally:
        connection.close()
    level = {"current": Level.GOOD, "last_good": Level.AMBER}.get(state, Level.RED)
    words = f"The proxy answers on {where[0]} port {where[1]}, enforcing snapshot {version}"
    words += "." if level is Level.GOOD else f", which is not the newest ({state})."
    return Check("proxy", level, words, (("snapshot", version), ("state", state)))


def web(where: Endpoint, url: str = "", root: Path | None = None) -> Check:
    """Ask the admin UI for its front page.

    url: its address as people know it. root: the CA by which it serves HTTPS, else HTTP.
    """
    connection: HTTPConnection | None = None
    try:
        connection = _to_web(where, root)
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        said = f"does not answer on {where[0]} port {where[1]}: {_short(error)}"
        return Check("web", Level.AMBER, f"The admin UI {said}. The filter works on.")
    finally:
        if connection is not None:
            connection.close()
    if status != 200:
        return Check("web", Level.AMBER, f"The admin UI answers {status}. The filter works on.")
    said = url or f"http://{where[0]}:{where[1]}"
    return Check("web", Level.GOOD, f"The admin UI answers on {said}/.")


def _to_web(where: Endpoint, root: Path | None) -> HTTPConnection:
    if root is None:
        return HTTPConnection(where[0], where[1], timeout=PATIENCE)
    context = ssl.create_default_context(cafile=root)
    context.check_hostname = False  # asked by the address it listens on, whatever its names
    return HTTPSConnection(where[0], where[1], timeout=PATIENCE, context=context)


def _ask(where: Endpoint, what: _Asked, source: str = "") -> DNSRecord:
    question = DNSQuestion(what.name, what.type, what.cls)
    query = DNSRecord(DNSHeader(id=secrets.randbelow(65536), rd=what.recursion), q=question)
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE)
        if source:
            sock.bind((source, 0))
        sock.connect(where)
        sock.send(query.pack())
        answer = DNSRecord.parse(sock.recv(_BIGGEST))
    if answer.header.id != query.header.id:
        raise ValueError("the answer is to another question")
    return answer


def _number(text: object) -> int:
    return int(str(text))


def _short(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
