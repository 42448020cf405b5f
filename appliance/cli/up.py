"""``bellgate up``: everything in the foreground, supervised, on high ports.

Without root, but as the network's gateway.
"""

from __future__ import annotations

import importlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import click

from appliance.cli import addresses, web_certificate
from appliance.cli.addresses import Endpoint
from appliance.cli.errors import InputError
from appliance.cli.gateway import LOOPBACK, Cabling, Wiring, gateway_options, shares_uplink
from appliance.cli.options import data_option
from appliance.cli.places import Places, Ports
from appliance.cli.supervisor import Program

port = click.IntRange(1, 65535)
# Loaded while we may read all: the user may have a Python of their own, and cannot read root's.
_LOADED: Final = (
    "alembic.command", "alembic.config", "appliance.cli.live", "appliance.cli.running",
    "appliance.cli.setup", "encodings.ascii", "encodings.idna", "encodings.latin_1",
    "html.entities", "importlib.readers", "timeit", "tomllib",
)  # fmt: skip
STEERED: Final = (53, 80, 443)  # TCP ports that the firewall leads to a face (firewall/leading.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the flags said, checked."""

    places: Places
    ports: Ports
    upstreams: tuple[Endpoint, ...]
    upstream_ca: Path | None
    workers: int
    web_names: tuple[str, ...] = ()
    cabling: Cabling | None = None


@click.command("up")
@data_option
@click.option("--template", metavar="NAME", help="Policy template to enforce.  "
              "[default: duffield-meadows, or what was enforced before]")  # fmt: skip
@click.option("--rehearse", metavar="ISO-TIME", help="Behave as if it were this time now; also "
              "`break`, `lesson` or another kind of period: the next one.")  # fmt: skip
@click.option("--demo", is_flag=True, help="Fill new data with a made-up school: people, "
              "accounts, a fortnight of attempts, forms in every state.")  # fmt: skip
@gateway_options
@click.option("--dns-port", type=port, default=5300, show_default=True, help="DNS, UDP and TCP.")
@click.option("--http-port", type=port, default=8080, show_default=True, help="Steered HTTP.")
@click.option("--https-port", type=port, default=8443, show_default=True, help="Steered HTTPS.")
@click.option("--proxy-port", type=port, default=3128, show_default=True, help="Explicit proxy.")
@click.option("--web-port", type=port, default=8000, show_default=True, help="Admin UI.")
@click.option("--radius-port", type=port, metavar="PORT", help="Hear RADIUS accounting of the "
              "Wi-Fi, usually at 1813 (`bellgate radius`).  [default: off]")  # fmt: skip
@click.option("--web-tls", is_flag=True, help="Serve the admin UI by HTTPS, with a certificate of "
              "the school's authority.")  # fmt: skip
@click.option("--web-name", multiple=True, metavar="NAME", callback=web_certificate.names,
              help="Name or address that people open the admin UI by; the first is the one that "
              "is shown.  [default: the address listened on]")  # fmt: skip
@click.option("--upstream", multiple=True, metavar="ADDR[:PORT]",
              help="DNS resolver to ask; may be repeated.  [default: the system's]")  # fmt: skip
@click.option("--upstream-ca", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="FILE", help="Trust these CAs for the sites themselves (tests).")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True,
              help="DNS processes on the one port.")  # fmt: skip
@click.option("--plain", is_flag=True, help="Plain lines, as when the output is no terminal.")
def up_command(
    data: Path, template: str | None, rehearse: str | None, wiring: Wiring, dns_port: int,
    http_port: int, https_port: int, proxy_port: int, web_port: int, upstream: tuple[str, ...],
    upstream_ca: Path | None, workers: int, plain: bool, web_tls: bool, web_name: tuple[str, ...],
    demo: bool, radius_port: int | None,
) -> None:  # fmt: skip
    """Run the whole gate here, supervised, until Ctrl-C; without root, but for --gateway.

    The first start sets up a demonstration school on loopback addresses: 127.0.10.x are
    pupils, 127.0.20.x staff, 127.0.30.x visitors, 127.0.40.x staff with the
    headteacher's Wi-Fi permission. Until somebody is its technician, each start prints a
    one-time setup code for the admin UI. The screen shows three lines to paste into another
    terminal, and every verdict as it happens. A later start carries on with its data.
    """
    first, *more = wiring.listen
    ports = Ports(
        listen=first, also=tuple(more), dns=dns_port, http=http_port, https=https_port,
        proxy=proxy_port, web=web_port, web_tls=web_tls, web_name=web_name[0] if web_name else "",
        radius=radius_port or 0, gateway=wiring.cabling is not None,
        inside=LOOPBACK if wiring.cabling else "",
    )  # fmt: skip
    check_ports(ports)
    if upstream_ca is not None:
        _check_authorities(upstream_ca)
    asked = tuple(addresses.endpoint(text, 53, "--upstream") for text in upstream)
    own = [(address, dns_port) for address in ports.addresses]
    options = Options(
        places=Places(data), ports=ports, upstreams=asked or addresses.system_upstreams(own),
        upstream_ca=upstream_ca, workers=workers, web_names=web_name, cabling=wiring.cabling,
    )  # fmt: skip
    with rights(options), options.places.lock():
        from appliance.cli import running, setup

        said = setup.prepare(options.places, ports, template, rehearse, demo=demo)
        options.places.announce(ports, options.upstreams)
        fancy = sys.stdout.isatty() and not plain
        running.run(options, said, told_to_stop(), fancy=fancy)


@contextmanager
def rights(options: Options) -> Iterator[None]:
    """Give the data directory to whom the parts run as, and do there only what they may.

    Raises:
        InputError: they cannot work there, or another gate does.
        OSError: it cannot be given to them.
    """
    cabling, places = options.cabling, options.places
    if cabling is None:
        yield
        return
    if places.running():
        raise InputError(f"{places.data}: another gate runs on this data directory")
    cabling.user.take(places.data, *((options.upstream_ca,) if options.upstream_ca else ()))
    for name in _LOADED:
        importlib.import_module(name)
    with cabling.user.files():
        yield


def check_ports(ports: Ports) -> None:
    """Make sure that every port is free and none is given twice, before anything starts.

    Raises:
        InputError: naming the port and its flag.
    """
    tcp = (
        (ports.dns, "--dns-port"), (ports.http, "--http-port"), (ports.https, "--https-port"),
        (ports.proxy, "--proxy-port"), (ports.web, "--web-port"),
    )  # fmt: skip
    if ports.gateway and ports.web in STEERED:
        raise InputError(
            f"--web-port: with --gateway what the school's networks send to port {ports.web} is "
            "led to another face (DNS, or the page that explains a block), so nobody could open "
            "the admin UI there; give another port, such as 8000"
        )
    every = (*ports.addresses, *((ports.inside,) if ports.inside else ()))
    seen: dict[int, str] = {}
    for number, option in tcp:
        if number in seen:
            raise InputError(f"port {number} is given twice: {seen[number]} and {option}")
        seen[number] = option
        for address in every:
            addresses.check_free((address, number), socket.SOCK_STREAM, option)
    for address in every:
        addresses.check_free((address, ports.dns), socket.SOCK_DGRAM, "--dns-port")
        if ports.radius:
            addresses.check_free((address, ports.radius), socket.SOCK_DGRAM, "--radius-port")


def _check_authorities(file: Path) -> None:
    from appliance.authority.files import AuthorityError, read_certificates

    try:
        read_certificates(file)
    except AuthorityError as error:
        said = str(error) if isinstance(error.__cause__, OSError) else (
            f"{file}: holds no certificates in PEM form"
        )  # fmt: skip
        raise InputError(f"--upstream-ca: {said}") from error


def programs(options: Options) -> tuple[Program, ...]:
    """Return the children to supervise, with all that they need to be told."""
    ports, data = options.ports, ("--data", str(options.places.data))
    upstreams = [w for up in options.upstreams for w in ("--upstream", addresses.written(up))]
    every = (*ports.addresses, *((ports.inside,) if ports.inside else ()))

    def at(flag: str, number: int, hosts: Sequence[str] = every) -> list[str]:
        return [w for host in hosts for w in (flag, addresses.written((host, number)))]

    told = ("--gateway",) if ports.gateway else ()
    dns = ("dns", *data, *at("--listen", ports.dns), *upstreams, *told)
    names = ["dns"] if options.workers == 1 else [f"dns{n + 1}" for n in range(options.workers)]
    trust = ("--upstream-ca", str(options.upstream_ca.absolute())) if options.upstream_ca else ()
    proxy = (
        "proxy", *data, *at("--http", ports.http), *at("--https", ports.https),
        *at("--explicit", ports.proxy), *upstreams, *trust,
    )  # fmt: skip
    named = [word for name in options.web_names for word in ("--name", name)]
    tls = ("--tls", *named) if ports.web_tls else ()
    manage = options.cabling.manage if options.cabling else ()
    managed = [word for prefix in manage for word in ("--manage", prefix)]
    web = (
        "web", *data, *at("--listen", ports.web, ports.addresses),
        *at("--explicit", ports.proxy, ports.addresses[:1]), *tls, *managed,
    )  # fmt: skip
    radius = ("radius", *data, *at("--listen", ports.radius, ports.addresses))
    before = options.cabling.user.words() if options.cabling else ()
    return (
        *_door(options),
        *_dhcp(options),
        Program("core", ("core", *data), before),
        *(Program(name, dns, before) for name in names),
        Program("proxy", proxy, before),
        Program("web", web, before),
        *((Program("radius", radius, before),) if ports.radius else ()),
    )


def _door(options: Options) -> tuple[Program, ...]:
    cabling, ports = options.cabling, options.ports
    if cabling is None:
        return ()
    from appliance.cli.sources import enforced

    shared = shares_uplink(cabling.uplink, enforced(options.places.data))
    numbers = (("dns", ports.dns), ("http", ports.http), ("https", ports.https),
               ("explicit", ports.proxy), ("web", ports.web),
               ("radius", ports.radius))  # fmt: skip
    told = cabling.words(numbers, shared=shared)
    # What the door knows outlives it here, and never touches a disk; it is gone with this process.
    memory = os.memfd_create("bellgate-door")
    told += ("--dhcp",) if _dhcp(options) else ()
    door = ("door", "--data", str(options.places.data), *told, "--memory", str(memory))
    return (Program("door", door, cabling.user.words("net_admin"), (memory,)),)


def _dhcp(options: Options) -> tuple[Program, ...]:
    """Hand out addresses in gateway mode, where the school had said so when it began."""
    cabling, data = options.cabling, options.places.data
    from appliance.cli.sources import enforced

    held = enforced(data) if cabling is not None else None
    if cabling is None or held is None or not held.contents.address_plans:
        return ()
    apart = () if shares_uplink(cabling.uplink, held) else ("--uplink", cabling.uplink)
    power = cabling.user.words("net_bind_service", "net_raw", "net_admin")
    return (Program("dhcp", ("dhcp", "--data", str(data), *apart), power),)


def told_to_stop() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set; a second Ctrl-C changes nothing."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return stopping
