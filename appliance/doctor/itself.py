"""What every network needs: DNS, the proxy's doors, one snapshot everywhere, what lies behind."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from typing import Final

from dnslib import RCODE, DNSError

from appliance.doctor import advice, names
from appliance.doctor.ground import Ground, loopback, somebody
from appliance.doctor.result import Result
from appliance.status import asking, faces
from appliance.status.checks import Check, Level
from appliance.status.running import Endpoint

_BIGGEST: Final = 4096  # bytes of an answer about health
CANARY: Final = "use-application-dns.net"
BEHIND: Final = "Resolver behind the gate"
FILTER: Final = "Accredited filter"
STALE: Final = timedelta(days=2)  # looks are daily: two missed are a fault


def itself(ground: Ground) -> Iterator[Result]:
    """Try the gate itself."""
    yield from _rehearsal(ground)
    running = ground.running
    if running.dns is None:
        yield Result(about="DNS", level=Level.RED, words="DNS is switched off or the gate is down.",
                     todo="Start the gate with `bellgate up`.")  # fmt: skip
        return
    versions = []
    asked = faces.dns(running.dns, loopback(running.dns))
    versions.append(("DNS", asked))
    yield _of(asked, "DNS", advice.DNS_DOWN)
    if running.http is not None:
        asked = _proxy(ground, running.http)
        versions.append(("The proxy", asked))
        yield _of(asked, "Proxy", advice.PROXY_DOWN)
    if running.https is not None:
        yield from _secure_door(ground)
    yield _of(faces.upstream(running.upstreams), BEHIND, advice.NO_INTERNET)
    if versions[0][1].level is not Level.RED:
        yield _canary(ground)
        yield from _old(ground, versions)
    yield _filter(ground)
    yield from _unfilled(ground)


def _unfilled(ground: Ground) -> Iterator[Result]:
    kinds = [one.name for one in names.empty_kinds(ground.snapshot, ground.samples)]
    if kinds:
        yield Result(
            about="Lists", level=Level.AMBER, expected="blocked", todo=advice.NO_NAMES,
            words=f"No list names anything of: {', '.join(kinds)}. Nothing of it can be blocked.",
        )  # fmt: skip


def _rehearsal(ground: Ground) -> Iterator[Result]:
    if ground.snapshot.contents.clock_offset:
        words = "REHEARSAL: the gate takes it to be another time, and this self-test did too."
        yield Result(about="Clock", level=Level.NOTE, words=words)
    elif not ground.clock_trusted:
        words = "The clock cannot be relied on: every moment counts as lesson time."
        yield Result(about="Clock", level=Level.AMBER, words=words, todo=advice.STATUS)


def _proxy(ground: Ground, door: Endpoint) -> Check:
    """Ask the proxy how it is: at its steered door, else as one of the school's networks.

    A gate that stands beside its networks, on none of them, is a stranger at the first.
    """
    asked = faces.proxy(door)
    explicit, who = ground.running.explicit, somebody(ground)
    if asked.level is not Level.RED or explicit is None or who is None:
        return asked
    connection = HTTPConnection(
        *explicit, timeout=asking.WEB_PATIENCE, source_address=(who.source, 0)
    )
    connection.set_tunnel(faces.HEALTH_HOST, 80, dict(who.fields))
    try:
        connection.request("GET", "/health")
        said = json.loads(connection.getresponse().read(_BIGGEST))
        version, state = int(said["snapshot"]), str(said["state"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return asked
    finally:
        connection.close()
    words = f"The proxy answers on {explicit[0]} port {explicit[1]}, enforcing snapshot {version}."
    level = Level.GOOD if state == "current" else Level.AMBER
    return Check("proxy", level, words, (("snapshot", version), ("state", state)))


def _secure_door(ground: Ground) -> Iterator[Result]:
    """Ask at the door of steered HTTPS, as browsers come to it; unseen: it is our own name."""
    door = ground.running.https
    assert door is not None
    networks = ground.snapshot.contents.networks
    own = (asking.source_on(network, ground.snapshot, door) for network in networks)
    source = next((address for address in own if address), None)
    if source is None:
        return  # nobody of ours may come in there: the networks' own names say the rest
    about, host = "Block page's door", faces.HEALTH_HOST
    try:
        trusting = ssl.create_default_context(cafile=ground.root)
        plain = socket.create_connection(door, asking.WEB_PATIENCE, (source, 0))
        connection = HTTPConnection(host)
        try:
            connection.sock = trusting.wrap_socket(plain, server_hostname=host)
            connection.request("GET", "/health")
            status = connection.getresponse().status
        finally:
            connection.close()
            plain.close()
    except (OSError, HTTPException) as error:
        words = f"Steered HTTPS does not answer on {door[0]} port {door[1]}: {error}."
        yield Result(about=about, level=Level.RED, words=words, todo=advice.CERTIFICATE)
        return
    if status != 200:
        words = f"Steered HTTPS answers {status} for the gate's own name."
        yield Result(about=about, level=Level.RED, words=words, todo=advice.CERTIFICATE)
        return
    words = f"Steered HTTPS answers on {door[0]} port {door[1]} by the school's certificate."
    yield Result(about=about, level=Level.GOOD, words=words)


def _canary(ground: Ground) -> Result:
    about = "Browsers stay on this filter"
    assert ground.running.dns is not None
    who = somebody(ground)
    source, options = (who.source, who.options) if who is not None else ("", ())
    try:
        answer = asking.lookup(ground.running.dns, CANARY, source, options=options)
    except (OSError, DNSError, ValueError):
        words = f"DNS did not answer for {CANARY}."
        return Result(about=about, level=Level.RED, words=words, todo=advice.DNS_DOWN, host=CANARY)
    fine = answer.header.rcode == RCODE.NXDOMAIN
    words = "DNS tells browsers not to take a resolver of their own."
    if not fine:
        words = f"DNS knows {CANARY}: browsers may go past this filter."
    return Result(
        about=about, level=Level.GOOD if fine else Level.RED, words=words, host=CANARY,
        expected="blocked", found="blocked" if fine else "open",
        todo="" if fine else advice.CANARY,
    )  # fmt: skip


def _old(ground: Ground, asked: list[tuple[str, Check]]) -> Iterator[Result]:
    """Say which face enforces something else than what is published."""
    newest = ground.snapshot.contents.version
    behind = []
    for name, check in asked:
        version = dict(check.facts).get("snapshot")
        if check.level is not Level.RED and isinstance(version, int) and version < newest:
            behind.append(f"{name} enforces snapshot {version}")
    if behind:
        words = f"{'; '.join(behind)}; the newest is {newest}."
        yield Result(about="Newest policy", level=Level.RED, words=words, todo=advice.OLD)
        return
    words = f"DNS and proxy enforce the newest snapshot ({newest})."
    yield Result(about="Newest policy", level=Level.GOOD, words=words)


def _filter(ground: Ground) -> Result:
    seen = ground.filter_seen
    if seen is None:
        words = "Whether the accredited filter behind the gate is there was never looked at."
        return Result(about=FILTER, level=Level.AMBER, words=words, todo=advice.FILTER_UNSET)
    if ground.real - seen.at > STALE:
        words = "The last look at the accredited filter is more than two days old."
        return Result(about=FILTER, level=Level.AMBER, words=words, todo=advice.STATUS)
    return Result(
        about=FILTER, level=Level.GOOD if seen.good else Level.RED, words=seen.words,
        todo="" if seen.good else advice.FILTER,
    )  # fmt: skip


def _of(check: Check, about: str, todo: str) -> Result:
    level = Level.GOOD if check.level is Level.NOTE else check.level
    return Result(
        about=about, level=level, words=check.words, todo="" if level is Level.GOOD else todo
    )
