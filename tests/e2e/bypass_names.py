"""Ways round the gate by names: where else a client may learn an address from."""

from __future__ import annotations

from typing import Final

from tests.e2e import names
from tests.e2e.bypass import FORBIDDEN, FORBIDDEN_AT, LISTED, PATIENCE, Bypass, Way, pattern
from tests.e2e.router_abroad import TUNNEL_INSIDE, TUNNEL_PASSWORD
from tests.e2e.router_servers import CONTENT, at
from tests.e2e.waiting import until

TUNNELLED: Final = 60_000  # bytes: a page
QUIET: Final = at("quiet")


def hosts_file(way: Way) -> bool:
    """The real addresses of a closed site are written into the machine's own hosts file."""
    return _by_hosts_file(way, FORBIDDEN, FORBIDDEN_AT)


def hosts_file_other(way: Way) -> bool:
    """The same with a lesser-known host of the site, at an address of its own."""
    return _by_hosts_file(way, "m.facebook.com", names.ADDRESSES["m.facebook.com"])


def hosts_file_listed(way: Way) -> bool:
    """The same for a site that a list closes, whose pages the gate cannot read."""
    return _by_hosts_file(way, LISTED[0], names.ABROAD[LISTED[0]])


def _by_hosts_file(way: Way, host: str, addresses: tuple[str, str]) -> bool:
    file = way.client.machine.etc / "hosts"  # ip-netns(8) shows it as /etc/hosts inside
    file.write_text("".join(f"{address} {host}\n" for address in addresses))
    try:
        replies = [way.page(f"{scheme}://{host}/", family)
                   for scheme in ("https", "http") for family in ("-4", "-6")]  # fmt: skip
    finally:
        file.unlink()
    return any(reply.from_origin for reply in replies)


def dns_udp(way: Way) -> bool:
    """Another resolver is asked, as a device is set to."""
    return any(way.learned(_kdig(way, server)) for server in QUIET)


def dns_tcp(way: Way) -> bool:
    """Another resolver is asked by TCP."""
    return any(way.learned(_kdig(way, server, "+tcp")) for server in at("still"))


def dot(way: Way) -> bool:
    """DNS over TLS: a known resolver by kdig, an unknown one by stubby, as Linux has it."""
    known = names.ABROAD["dns.google"]
    if any(way.learned(_kdig(way, server, "+tls")) for server in known):
        return True
    settings = way.folder / "stubby.yml"
    settings.write_text(
        "resolution_type: GETDNS_RESOLUTION_STUB\ndns_transport_list: [GETDNS_TRANSPORT_TLS]\n"
        "tls_authentication: GETDNS_AUTHENTICATION_NONE\nlisten_addresses: [127.0.0.1@5453]\n"
        f"upstream_recursive_servers:\n  - address_data: {QUIET[0]}\n"
    )
    with way.running("stubby", "-C", str(settings)):
        until(lambda: ":5453 " in way.client.machine.run("ss", "-Hlun").stdout, "stubby runs", 30)
        return way.learned(_kdig(way, "127.0.0.1", "-p", "5453"))


def doq(way: Way) -> bool:
    """DNS over QUIC."""
    return any(way.learned(_kdig(way, server, "+quic")) for server in at("doq"))


def doh_by_name(way: Way) -> bool:
    """A browser's own encrypted DNS, as it is set: by the resolver's name."""
    return _over(way, "dns.google", FORBIDDEN)


def doh_by_address(way: Way) -> bool:
    """The same by the resolver's address."""
    known = names.ABROAD["dns.google"]
    return any(way.learned(_kdig(way, server, "+https")) for server in known)


def doh_unknown(way: Way) -> bool:
    """Encrypted DNS from a server that no list knows, for a site that the gate steers."""
    return _over(way, "doh.example.net", FORBIDDEN)


def doh_unknown_listed(way: Way) -> bool:
    """The same, for a site that a list closes."""
    return _over(way, "doh.example.net", LISTED[1])


def _over(way: Way, resolver: str, host: str) -> bool:
    reply = way.page(f"https://{host}/", "--doh-url", f"https://{resolver}/dns-query")
    return reply.from_origin


def dns_tunnel(way: Way) -> bool:
    """iodine: an internet connection inside look-ups, through whatever resolver there is."""
    tool = ("iodine", "-f", "-r", "-P", TUNNEL_PASSWORD, "-d", f"dns-{way.role}",
            "-I", "1", "-m", "400", way.client.gate, names.TUNNEL.lstrip("."))  # fmt: skip
    # One after another: two that start in one second draw the same random numbers.
    with way.abroad.lock, way.running(*tool) as log:
        try:
            until(lambda: "Connection setup complete" in log.read_text("latin-1"),
                  "iodine", 6 * PATIENCE)  # fmt: skip
        except AssertionError:
            return False
        url = f"http://{TUNNEL_INSIDE}:{CONTENT}/big?{TUNNELLED}"
        reply = way.client.curl(url, timeout=30.0)
        return len(reply.body) == TUNNELLED


def _kdig(way: Way, server: str, *more: str) -> list[str]:
    """Return the addresses of the forbidden site that a resolver gives."""
    done = way.client.machine.run(
        "kdig", f"@{server}", "+short", "+timeout=2", "+retry=0", *more, FORBIDDEN, "A"
    )
    return [line for line in done.stdout.splitlines() if line and not line.startswith(";")]


CASES: Final = (
    Bypass("hosts_file", hosts_file, pattern(FORBIDDEN)),
    Bypass("hosts_file_other", hosts_file_other, pattern("m.facebook.com")),
    Bypass("hosts_file_listed", hosts_file_listed, pattern(LISTED[0])),
    Bypass("dns_udp", dns_udp, pattern("quiet", sign="dns_elsewhere"), ("kdig",)),
    Bypass("dns_tcp", dns_tcp, pattern("still", sign="dns_elsewhere"), ("kdig",)),
    Bypass("dot", dot, pattern("quiet", "dns.google", sign="dot_port"), ("kdig", "stubby")),
    Bypass("doq", doq, pattern("doq", sign="dot_port"), ("kdig",)),
    Bypass("doh_by_name", doh_by_name, r"dns\.google(?![\w.])"),
    Bypass("doh_by_address", doh_by_address, pattern("dns.google", sign="doh_address"), ("kdig",)),
    Bypass("doh_unknown", doh_unknown, pattern("doh")),
    Bypass("doh_unknown_listed", doh_unknown_listed, pattern(LISTED[1])),
    Bypass("dns_tunnel", dns_tunnel, r"^example\.net ", ("iodine", "iodined")),
)
