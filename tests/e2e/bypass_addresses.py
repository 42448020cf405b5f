"""Ways round the gate by addresses: of the site, of the client, and of the name that is shown."""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from tests.e2e import names
from tests.e2e.bypass import FORBIDDEN, FORBIDDEN_AT, PATIENCE, Bypass, Way, pattern
from tests.e2e.client import Client, Reply
from tests.e2e.lab import GATE4, GATE6
from tests.e2e.netns import Namespace, cable
from tests.e2e.router_servers import HIDDEN, at
from tests.e2e.waiting import until

ALLOWED: Final = "www.bbc.co.uk"  # which no rule speaks of
ALLOWED_TOO: Final = "plain.example.com"  # and which no other way asks for
READ: Final = "en.wikipedia.org"  # allowed, and read by the gate
# Of a device that is sanctioned, and of one for which FAVOUR was opened; one of each role.
SANCTIONED_MAC: Final = {"pupil": "00:16:3e:5a:00:01", "staff": "00:16:3e:5a:01:01"}
FAVOURED_MAC: Final = {"pupil": "00:16:3e:5a:00:02", "staff": "00:16:3e:5a:01:02"}
FAVOUR: Final = "facebook.com"
NOTHING: Final = r"(?!)"
RANDOM_MAC: Final = "5e:16:3e:5a:00:03"


def bare_address(way: Way) -> bool:
    """The address of a closed site, without any name."""
    four, six = names.ADDRESSES["www.instagram.com"]
    addresses = (four, f"[{six}]")
    return any(
        way.page(f"{scheme}://{address}/", "--insecure").from_origin
        for scheme in ("http", "https")
        for address in addresses
    )


def bare_address_range(way: Way) -> bool:
    """An address that no name of ours leads to, in a range of the closed service's own."""
    four, six = names.ADDRESSES["edge.facebook.com"]
    addresses = (four, f"[{six}]")
    return any(way.page(f"https://{one}/", "--insecure").from_origin for one in addresses)


def bare_address_unknown(way: Way) -> bool:
    """The address of a site that no list knows and nobody looked up."""
    return way.page(f"https://{at('hidden')[0]}/", "--insecure").from_origin


def forged_name(way: Way) -> bool:
    """The address of a closed site, under the name (SNI) of an allowed one."""
    for address in (FORBIDDEN_AT[0], f"[{FORBIDDEN_AT[1]}]"):
        reply = _under(way, ALLOWED, address, FORBIDDEN, "--insecure")
        if reply.from_origin and reply.said["at"] in FORBIDDEN_AT:
            return True
    return False


def forged_name_unknown(way: Way) -> bool:
    """An address that nobody looked up, under the name of an allowed site."""
    return _under(way, ALLOWED, at("forged")[0], ALLOWED, "--insecure").from_origin


def host_in_read(way: Way) -> bool:
    """An allowed site that the gate reads is named, and a closed one asked for inside."""
    reply = way.page(f"https://{READ}/", "--header", "Host: inside.facebook.com")
    return reply.from_origin and reply.said["site"] == "inside.facebook.com"


def host_in_unread(way: Way) -> bool:
    """The same with a site that the gate does not read (domain fronting)."""
    reply = way.page("https://front.example.net/", "--header", f"Host: {FORBIDDEN}")
    return reply.from_origin and reply.said["site"] == FORBIDDEN


def _under(way: Way, shown: str, address: str, asked: str, *more: str) -> Reply:
    to = f"{shown}:443:{address}:443"
    return way.page(f"https://{shown}/", "--connect-to", to, "--header", f"Host: {asked}", *more)


def ech(way: Way) -> bool:
    """A hello that hides the site's name (RFC 9849): the address and key come from elsewhere."""
    return _by_ech(way, at("ech")[0])


def ech_shared(way: Way) -> bool:
    """The same for a site that the gate steers, where one company serves both (a CDN).

    The name in the open is the company's, whose servers find the hidden one inside.
    """
    return _by_ech(way, FORBIDDEN_AT[0])


def _by_ech(way: Way, address: str) -> bool:
    context, outside = ssl.create_default_context(), ssl.MemoryBIO()
    made = context.wrap_bio(ssl.MemoryBIO(), outside, server_hostname="ech.example.net")
    with suppress(ssl.SSLWantReadError):
        made.do_handshake()
    try:
        with way.client.connect(address, 443) as sock:
            sock.sendall(hidden_name(outside.read()))
            return sock.recv(4096).startswith(HIDDEN)
    except OSError:
        return False


def ech_by_dns(way: Way) -> bool:
    """What a browser needs for that is asked of DNS: the closed site's key (RFC 9460)."""
    return bool(way.client.dig(FORBIDDEN, "HTTPS").answers)


def hidden_name(hello: bytes) -> bytes:
    """Return a ClientHello record with an encrypted_client_hello extension of type outer."""
    body = bytearray(hello[9:])
    place = 34 + 1 + body[34]
    place += 2 + int.from_bytes(body[place : place + 2])
    place += 1 + body[place]
    payload = b"\x00\x00\x01\x00\x01\x07\x00\x20" + bytes(32) + b"\x00\xd0" + bytes(208)
    extension = b"\xfe\x0d" + len(payload).to_bytes(2) + payload
    length = int.from_bytes(body[place : place + 2]) + len(extension)
    body[place : place + 2] = length.to_bytes(2)
    message = b"\x01" + (len(body) + len(extension)).to_bytes(3) + bytes(body) + extension
    return hello[:3] + len(message).to_bytes(2) + message


def quic(way: Way) -> bool:
    """A closed site by HTTP/3, at its addresses."""
    tool = (sys.executable, "-m", "tests.e2e.router_quic", FORBIDDEN, str(way.lab.world_ca))
    done = way.client.machine.run(*tool, *FORBIDDEN_AT)
    return "<title>origin</title>" in done.stdout


def ipv6_private(way: Way) -> bool:
    """A closed site by IPv6, from an address that the device made up (RFC 8981)."""
    own = way.client.address6.rpartition("::")[0] + "::ab:cd:ef:1"
    with _address(way.client.machine, f"{own}/64"):
        return way.fetch_at(FORBIDDEN, FORBIDDEN_AT[1], "-6", "--interface", own)


def ipv6_unknown(way: Way) -> bool:
    """IPv6 from a prefix that the school's networks do not name: they know IPv4 alone."""
    number = way.client.address4.split(".")[1]
    router, own = f"fd00:9{number}::1/64", f"fd00:9{number}::5"
    way.lab.appliance.address(f"lan{number}", router)
    try:
        with _address(way.client.machine, f"{own}/64"):
            return way.fetch_at(ALLOWED, names.ADDRESSES[ALLOWED][1], "-6", "--interface", own)
    finally:
        way.lab.appliance.ip("address", "del", router, "dev", f"lan{number}")


def address_borrowed(way: Way) -> bool:
    """A pupil takes an address of the staff's network, on the pupils' cable."""
    own = "10.20.0.77"
    with _address(way.client.machine, f"{own}/32"):
        return way.fetch_at("x.com", GATE4, "--interface", own, "--connect-timeout", "2")


def hotspot(way: Way) -> bool:
    """Another device behind a laptop that shares its connection (NAT)."""
    with _behind(way) as phone:
        return Way(way.lab, way.abroad, phone, way.role, way.folder).fetch_at(
            FORBIDDEN, phone.dig(FORBIDDEN).answers[-1]
        )


def hotspot_of_staff(way: Way) -> bool:
    """A pupil's phone behind the laptop of a member of staff, who has break."""
    with _behind(way) as phone:
        return phone.curl("https://x.com/").from_origin


def mac_random(way: Way) -> bool:
    """A sanctioned device takes a random network card address, and is a stranger."""
    with _mac(way, SANCTIONED_MAC[way.role]):
        until(lambda: not _had(way, ALLOWED_TOO), "the sanction holds")
    with _mac(way, RANDOM_MAC):
        return _soon(lambda: _had(way, ALLOWED_TOO))


def mac_copied(way: Way) -> bool:
    """The network card address of a device is taken for which something was opened."""
    with _mac(way, FAVOURED_MAC[way.role]):
        return _soon(lambda: _had(way, FAVOUR))


def _had(way: Way, host: str) -> bool:
    return all(way.page(f"https://{host}/", family).from_origin for family in ("-4", "-6"))


def _soon(look: Callable[[], bool]) -> bool:
    """Whether something becomes true before patience ends."""
    try:
        return until(look, "it comes true", PATIENCE)
    except AssertionError:
        return False


@contextmanager
def _address(machine: Namespace, address: str) -> Iterator[None]:
    machine.ip("address", "add", address, "dev", "eth0", "nodad")
    try:
        yield
    finally:
        machine.ip("address", "del", address, "dev", "eth0")


@contextmanager
def _mac(way: Way, mac: str) -> Iterator[None]:
    """Give the client another network card address, which its neighbours learn."""
    machine = way.client.machine
    before = machine.run("cat", "/sys/class/net/eth0/address").stdout.strip()
    _set_mac(way, mac)
    try:
        yield
    finally:
        _set_mac(way, before)


def _set_mac(way: Way, mac: str) -> None:
    machine, lan = way.client.machine, f"lan{way.client.address4.split('.')[1]}"
    machine.ip("link", "set", "eth0", "down")
    machine.ip("link", "set", "eth0", "address", mac)
    machine.ip("link", "set", "eth0", "up")  # takes routes and IPv6 addresses with it
    four = way.client.address4.rpartition(".")[0]
    machine.ip("route", "replace", "default", "via", f"{four}.1")
    machine.address("eth0", f"{way.client.address6}/64")
    machine.ip("-6", "route", "replace", "default", "via", f"fd00:{four.split('.')[1]}::1")
    way.lab.appliance.ip("neigh", "flush", "dev", lan)

    def met() -> bool:
        for router in (GATE4, GATE6):
            way.client.dig(ALLOWED, at=router)
        return way.lab.appliance.ip("neigh", "show", "dev", lan).count(mac) >= 2

    until(met, f"the router knows {mac}")


@contextmanager
def _behind(way: Way) -> Iterator[Client]:
    """A phone behind the client's machine, hidden by its address."""
    laptop = way.client.machine
    phone = Namespace(f"phone-{way.role}")
    try:
        cable(phone, "eth0", laptop, "hotspot")
        laptop.address("hotspot", "192.168.43.1/24")
        phone.address("eth0", "192.168.43.9/24")
        phone.ip("route", "add", "default", "via", "192.168.43.1")
        phone.resolver(way.client.gate)
        laptop.forward()
        rules = "add table ip hotspot; add chain ip hotspot out { type nat hook postrouting " \
                "priority 100; }; add rule ip hotspot out oifname eth0 masquerade"  # fmt: skip
        assert laptop.run("nft", rules).returncode == 0
        client = Client(phone, "192.168.43.9", "", way.client.gate)
        client.trust(way.folder, *way.client.trusted)
        yield client
    finally:
        laptop.run("nft", "delete table ip hotspot")
        laptop.sysctl("net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0")
        laptop.ip("link", "del", "hotspot")  # a namespace that goes lets go of it only later
        phone.remove()


CASES: Final = (
    Bypass("bare_address", bare_address, pattern("www.instagram.com")),
    Bypass("bare_address_range", bare_address_range, pattern("edge.facebook.com")),
    Bypass("bare_address_unknown", bare_address_unknown, pattern("hidden")),
    Bypass("forged_name", forged_name, pattern(FORBIDDEN)),
    Bypass("forged_name_unknown", forged_name_unknown, pattern("forged")),
    Bypass("host_in_read", host_in_read, r"inside\.facebook\.com"),
    Bypass("host_in_unread", host_in_unread, pattern("front")),
    Bypass("ech_by_dns", ech_by_dns, pattern(FORBIDDEN)),
    Bypass("ech", ech, pattern("ech")),
    Bypass("ech_shared", ech_shared, pattern(FORBIDDEN), controlled=False),
    Bypass("quic", quic, pattern(FORBIDDEN)),
    Bypass("ipv6_private", ipv6_private, pattern(FORBIDDEN, sign="ab:cd:ef")),
    Bypass("ipv6_unknown", ipv6_unknown, r"fd00:9\d0:"),
    Bypass(
        "address_borrowed", address_borrowed, r"10\.20\.0\.77", roles=("pupil",), controlled=False
    ),
    Bypass("hotspot", hotspot, pattern(FORBIDDEN)),
    Bypass("hotspot_of_staff", hotspot_of_staff, r"x\.com", roles=("staff",), controlled=False),
    # Nothing tells of these: what a neighbour table makes of the moment of the change is no sign.
    Bypass("mac_random", mac_random, NOTHING, controlled=False),
    Bypass("mac_copied", mac_copied, NOTHING, controlled=False),
)
