"""What devices do on a school day, as the faces see it: ordinary ones, and ways round the gate.

Each generator yields what is seen from the start of a lesson or day on. Names, ports and
addresses are those that such programs use; how many and when is drawn at random, from a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

DAY: Final = 6.5 * 60  # minutes of a school day
LESSON: Final = 50.0


@dataclass(frozen=True, slots=True)
class Name:
    """A name asked of our DNS. at: minutes."""

    at: float
    host: str
    type: int = 1


@dataclass(frozen=True, slots=True)
class Packet:
    """A first packet to an address outside. named: what our DNS had answered it for."""

    at: float
    protocol: str
    port: int
    address: str
    named: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """What the proxy saw by itself: an id of a sign, and the host it was about."""

    at: float
    id: str
    host: str


Seen = Name | Packet | Sign
Traffic = Callable[[Random], Iterator[Seen]]


def _times(rng: Random, count: int, length: float = DAY) -> list[float]:
    return sorted(rng.uniform(0, length) for _ in range(count))


def _outside(rng: Random) -> str:
    return f"198.{rng.choice((18, 19))}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def _kept(rng: Random, most: int) -> Iterator[Seen]:
    """Yield addresses that a device still knows from home when it arrives."""
    for _ in range(rng.randrange(most + 1)):
        yield Packet(rng.uniform(0, 5), "tcp", 443, _outside(rng))


def browsing(rng: Random) -> Iterator[Seen]:
    """A laptop of a class: forty pages, their parts and advertisements; a stray link."""
    yield from _kept(rng, 3)
    parts = ("www", "cdn", "static", "images", "api", "fonts", "consent-manager-eu-west-1")
    for at in _times(rng, 40):
        site = f"site{rng.randrange(400)}.example"
        for part in rng.sample(parts, 4):
            yield Name(at, f"{part}.{site}", rng.choice((1, 28, 65)))
        yield Name(at, f"{rng.getrandbits(128):032x}.safeframe.googlesyndication.com")
    if rng.random() < 0.03:
        yield Name(rng.uniform(0, DAY), rng.choice(("nordvpn.com", "www.croxyproxy.com")))


def updates(rng: Random) -> Iterator[Seen]:
    """Windows, its store and its games: update servers, and other computers that have the parts."""
    for at in _times(rng, 30):
        yield Name(at, f"{rng.getrandbits(64):016x}.dl.delivery.mp.microsoft.com")
        yield Name(at, f"cdn-{rng.randrange(90)}.update-content-delivery.example", 28)
    for at in _times(rng, rng.randrange(4, 25)):
        yield Packet(at, "tcp", 7680, _outside(rng))


def calls(rng: Random) -> Iterator[Seen]:
    """A video call or two: media to relays and to the other side, whose addresses no name had."""
    for start in _times(rng, 2, DAY - 60):
        for host in ("teams.microsoft.com", "us04web.zoom.us", "meet.google.com"):
            yield Name(start, host)
        for _ in range(rng.randrange(6, 20)):
            at, port = start + rng.uniform(0, 50), rng.choice((3478, 3480, 19305, 8801, 51000))
            yield Packet(at, "udp", port, _outside(rng))


def private_relay(rng: Random) -> Iterator[Seen]:
    """An iPhone with Private Relay on: asks whether it may, is told no; calls over Wi-Fi."""
    yield from _kept(rng, 4)
    for at in _times(rng, 12):
        for host in ("mask.icloud.com", "mask-h2.icloud.com", "doh.dns.apple.com"):
            yield Name(at, host, 65)
        yield Name(at, "gateway.icloud.com")
        yield Packet(at, "tcp", 5223, _outside(rng))
    epdg = "epdg.epc.mnc010.mcc234.pub.3gppnetwork.org"
    for at in _times(rng, 8):
        yield Name(at, epdg)
        yield Packet(at, "udp", rng.choice((500, 4500)), "198.18.7.7", epdg)


def android(rng: Random) -> Iterator[Seen]:
    """An Android phone: some apps ask a resolver of their own, some keep addresses."""
    yield from _kept(rng, 5)
    for at in _times(rng, 40):
        yield Name(at, rng.choice(("connectivitycheck.gstatic.com", "play.googleapis.com")))
    for at in _times(rng, rng.randrange(0, 6)):
        yield Packet(at, "udp", 53, "8.8.8.8")
    for at in _times(rng, rng.randrange(0, 8)):
        yield Packet(at, rng.choice(("udp", "tcp")), 443, _outside(rng))
    if rng.random() < 0.1:
        yield Name(rng.uniform(0, DAY), "dns.google")


def chromebook(rng: Random) -> Iterator[Seen]:
    """A Chromebook: lessons in a browser, a screen to cast to."""
    yield from browsing(rng)
    for at in _times(rng, rng.randrange(0, 3)):
        yield Packet(at, "udp", 53, rng.choice(("8.8.8.8", "8.8.4.4")))


def firefox(rng: Random) -> Iterator[Seen]:
    """A laptop with Firefox as it comes: it asks whether it may use its own resolver."""
    yield from browsing(rng)
    for at in _times(rng, 6):
        yield Name(at, "use-application-dns.net")


def television(rng: Random) -> Iterator[Seen]:
    """A television or voice assistant: a resolver of its own, and fixed addresses, all day."""
    for n in range(39):
        yield Packet(n * 10 + rng.random(), "udp", 53, rng.choice(("8.8.8.8", "1.1.1.1")))
        yield Packet(n * 10 + rng.random(), "udp", 123, _outside(rng))
    fixed = [_outside(rng) for _ in range(3)]
    for at in _times(rng, 30):
        yield Packet(at, "tcp", 443, rng.choice(fixed))
        yield Name(at, "api.television.example")


def scanner(rng: Random) -> Iterator[Seen]:
    """A laptop whose virus scanner asks about each file and site by a fingerprint as a name."""
    yield from browsing(rng)
    for start in _times(rng, 2, DAY - 5):  # it looks through a folder
        for n in range(80):
            yield Name(start + n / 20, f"{rng.getrandbits(240):060x}.p.04.s.sophosxl.net", 16)
            yield Name(start + n / 20, f"{rng.getrandbits(160):040x}.avqs.mcafee.com", 1)


def computing(rng: Random) -> Iterator[Seen]:
    """A computing lesson: code hosts by remote shell, packages, a virtual machine."""
    yield from browsing(rng)
    for at in _times(rng, 20, LESSON):
        yield Name(at, "github.com")
        yield Packet(at, "tcp", 22, "198.18.8.8", "github.com")
        yield Name(at, "registry.packages.example")
    for at in _times(rng, 3):
        yield Packet(at, "udp", 53, "8.8.8.8")


def vpn_at_home(rng: Random) -> Iterator[Seen]:
    """A phone with a VPN for use at home, which nobody opens: its app asks by itself."""
    yield from android(rng)
    for at in _times(rng, 16):
        yield Name(at, rng.choice(("nordvpn.com", "api.nordvpn.com")))


def vpn_app(rng: Random) -> Iterator[Seen]:
    """Somebody opens a VPN app: its names, then its servers by address, port after port."""
    for at in _times(rng, 10, 20):
        yield Name(at, rng.choice(("nordvpn.com", "protonvpn.com", "api.protonvpn.ch")))
    for at in _times(rng, 12, LESSON):
        yield Packet(at, "udp", rng.choice((51820, 1194, 500)), _outside(rng))
        yield Packet(at, "tcp", 443, _outside(rng))


def own_wireguard(rng: Random) -> Iterator[Seen]:
    """WireGuard to a computer at home, on its usual port."""
    home = _outside(rng)
    for n in range(40):
        yield Packet(n * 1.2, "udp", 51820, home)


def tor(rng: Random) -> Iterator[Seen]:
    """Tor Browser: fetched by name, then a dozen relays."""
    yield Name(0, "www.torproject.org")
    for at in _times(rng, 14, 30):
        yield Packet(at, "tcp", rng.choice((9001, 443, 9030)), _outside(rng))


def web_proxies(rng: Random) -> Iterator[Seen]:
    """One web proxy after another out of a list."""
    names = ["www.croxyproxy.com", "www.proxysite.com", "hide.me", "www.hidester.com", "kproxy.com"]
    for at in _times(rng, 12, LESSON):
        yield Name(at, rng.choice(names))


def browser_resolver(rng: Random) -> Iterator[Seen]:
    """A browser set to an encrypted resolver of its own: by name, then by address."""
    for at in _times(rng, 25, LESSON):
        yield Name(at, "mozilla.cloudflare-dns.com")
        yield Packet(at, "tcp", 443, "1.1.1.1")


def private_dns(rng: Random) -> Iterator[Seen]:
    """A phone set to an encrypted resolver by name."""
    for at in _times(rng, 25, LESSON):
        yield Name(at, "dns.google")
        yield Packet(at, "tcp", 853, rng.choice(("8.8.8.8", "8.8.4.4")))


def other_resolver(rng: Random) -> Iterator[Seen]:
    """Another resolver entered by hand: every name is asked of it (and answered by us)."""
    for at in _times(rng, 80, LESSON):
        yield Packet(at, "udp", 53, "9.9.9.9")


def dns_tunnel(rng: Random) -> Iterator[Seen]:
    """A tunnel inside look-ups, as iodine and dnscat2 make them."""
    kind = rng.choice((10, 16, 1))
    for n in range(300):
        cargo = f"{rng.getrandbits(640):0160x}"
        yield Name(n / 30, f"{cargo[:60]}.{cargo[60:120]}.{cargo[120:]}.t.example.org", kind)


def hosts_file(rng: Random) -> Iterator[Seen]:
    """An address written into a file: one site, no look-up."""
    site = _outside(rng)
    for at in _times(rng, 20, LESSON):
        yield Packet(at, "tcp", 443, site)


def remote_shell(rng: Random) -> Iterator[Seen]:
    """A tunnel by remote shell to a computer outside."""
    server = _outside(rng)
    for at in _times(rng, 6, LESSON):
        yield Packet(at, "tcp", 22, server)


def outside_proxy(rng: Random) -> Iterator[Seen]:
    """Public proxies out of a list."""
    for at in _times(rng, 15, LESSON):
        yield Packet(at, "tcp", rng.choice((1080, 3128, 8388, 8118)), _outside(rng))


def disguised(rng: Random) -> Iterator[Seen]:
    """A permitted name at the start of a connection, a closed one inside it."""
    for at in _times(rng, 6, LESSON):
        yield Sign(at, "sni_mismatch", rng.choice(("www.facebook.com", "discord.com")))


def no_certificate(rng: Random) -> Iterator[Seen]:
    """The school's certificate taken off a device."""
    yield Sign(rng.uniform(0, LESSON), "certificate", "www.facebook.com")


def whole_tunnel(rng: Random) -> Iterator[Seen]:
    """A VPN on an ordinary port that got through: one address, and no look-ups any more."""
    places = [_outside(rng) for _ in range(4)]
    for n in range(25):
        yield Packet(n * 2.0, "udp", 443, rng.choice(places))
    for n in range(3):
        yield Sign(20 + n * 10, "no_dns", places[0])


ORDINARY: Final[tuple[tuple[str, Traffic], ...]] = (
    ("A class browsing", browsing), ("Software updates", updates), ("Video calls", calls),
    ("iPhones with Private Relay on", private_relay), ("Android phones", android),
    ("Chromebooks", chromebook), ("Laptops with Firefox", firefox),
    ("Televisions and voice assistants", television), ("Laptops with a virus scanner", scanner),
    ("A computing lesson", computing), ("Phones with a VPN app that nobody opens", vpn_at_home),
)  # fmt: skip
BYPASSES: Final[tuple[tuple[str, Traffic], ...]] = (
    ("A VPN app", vpn_app), ("WireGuard to a computer at home", own_wireguard),
    ("A VPN on an ordinary port", whole_tunnel), ("Tor Browser", tor),
    ("Web proxies", web_proxies), ("Public proxies outside", outside_proxy),
    ("A tunnel by remote shell", remote_shell), ("A tunnel inside look-ups", dns_tunnel),
    ("A browser with an encrypted resolver", browser_resolver),
    ("A phone with an encrypted resolver", private_dns),
    ("Another resolver entered by hand", other_resolver),
    ("One site in a hosts file", hosts_file), ("A closed site under a permitted name", disguised),
    ("The certificate taken off", no_certificate),
)  # fmt: skip
