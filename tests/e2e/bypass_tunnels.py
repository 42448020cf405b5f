"""Ways round the gate by tunnels: proxies, SSH, VPNs and Tor, with the real programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.e2e.bypass import FORBIDDEN, PATIENCE, Bypass, Way, pattern
from tests.e2e.netns import Namespace
from tests.e2e.router_abroad import WIREGUARD
from tests.e2e.router_servers import CONTENT, at
from tests.e2e.waiting import until

INSIDE: Final = "10.78.0"  # .1 is the far end of a VPN, .2 the near one
LOCAL: Final = "127.0.0.1:1081"
OLD_KEY: Final = ("--cipher", "AES-256-CBC", "--verb", "3", "--dev-type", "tun")


def socks(way: Way) -> bool:
    """A SOCKS proxy outside, on its usual port."""
    return _by_socks(way, f"{at('relay')[0]}:1080")


def socks_443(way: Way) -> bool:
    """The same on port 443, found by its name."""
    return _by_socks(way, "relay443.example.net:443")


def http_proxy(way: Way) -> bool:
    """An HTTP proxy outside, on one of the usual ports."""
    proxy = f"http://{at('relay3128')[0]}:3128"
    return way.page(f"https://{FORBIDDEN}/", "--proxy", proxy).from_origin


def http_proxy_8080(way: Way) -> bool:
    """The same on a port that much else uses too, found by its name."""
    proxy = "http://relay8080.example.net:8080"
    return way.page(f"https://{FORBIDDEN}/", "--proxy", proxy).from_origin


def ssh(way: Way) -> bool:
    """SSH to a machine outside, with a proxy in it."""
    return _by_ssh(way, at("shell")[0], 22)


def ssh_443(way: Way) -> bool:
    """The same on port 443, found by its name."""
    return _by_ssh(way, "shell443.example.net", 443)


def wireguard(way: Way) -> bool:
    """WireGuard on its usual port."""
    return _by_wireguard(way, at("wireguard")[0], 51820)


def wireguard_443(way: Way) -> bool:
    """WireGuard on UDP port 443, at an address that nobody looked up."""
    return _by_wireguard(way, at("wireguard443")[0], 443)


def openvpn(way: Way) -> bool:
    """OpenVPN on its usual port, UDP and TCP."""
    where = at("openvpn")[0]
    return _by_openvpn(way, where, where, 1194, "udp") or _by_openvpn(
        way, where, where, 1194, "tcp"
    )


def vpn_443(way: Way) -> bool:
    """OpenVPN on TCP port 443, at an address that nobody looked up."""
    return _by_openvpn(way, at("openvpn443")[0], at("openvpn443")[0], 443, "tcp")


def vpn_443_named(way: Way) -> bool:
    """The same, found by a name that no list knows."""
    return _by_openvpn(way, at("work")[0], "work.example.net", 443, "tcp")


def tor(way: Way) -> bool:
    """Tor, by a bridge on the port that relays use."""
    return _by_tor(way, f"{at('tor')[0]}:9001")


def tor_443(way: Way) -> bool:
    """Tor, by a bridge on port 443."""
    return _by_tor(way, f"{at('tor443')[0]}:443")


def tor_site(way: Way) -> bool:
    """The place that Tor is fetched from."""
    return bool(way.client.dig("www.torproject.org").answers)


def vpn_site(way: Way) -> bool:
    """The place that a VPN's app asks for its servers."""
    return bool(way.client.dig("api.nordvpn.com").answers)


def _by_socks(way: Way, proxy: str) -> bool:
    return way.page(f"https://{FORBIDDEN}/", "--socks5-hostname", proxy).from_origin


def _by_ssh(way: Way, host: str, port: int) -> bool:
    tool = ("ssh", "-N", "-D", LOCAL, "-i", str(way.abroad.key), "-p", str(port), "-F", "none",
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "ConnectTimeout=4", "-o", "BatchMode=yes", f"root@{host}")  # fmt: skip
    with way.running(*tool) as log:

        def known() -> str:  # it listens once it is signed in
            if f"{LOCAL} " in way.client.machine.run("ss", "-Hltn").stdout:
                return "through"
            return "refused" if b"refused" in log.read_bytes() else ""

        try:
            return until(known, "ssh", PATIENCE) == "through" and _by_socks(way, LOCAL)
        except AssertionError:
            return False


def _through(way: Way, log: Path | None = None) -> bool:
    """Whether the far end of a VPN answers before patience ends, or its log says that none is."""
    url = f"http://{INSIDE}.1:{CONTENT}/"

    def known() -> str:
        if way.client.curl(url, timeout=1.5).from_origin:
            return "through"
        return "refused" if log is not None and b"efused" in log.read_bytes() else ""

    try:
        return until(known, "the far end", PATIENCE) == "through"
    except AssertionError:
        return False


def _by_wireguard(way: Way, address: str, port: int) -> bool:
    far, near = way.abroad.machine, way.client.machine
    keys = [_keys(way, end) for end in ("far", "near")]
    device = f"wg{os.getpid() % 1000000}{way.role[0]}"
    with way.abroad.lock, ExitStack() as stack:
        for machine, name in ((far, f"{device}f"), (near, f"{device}n")):
            stack.enter_context(_wireguard_device(way, machine, name))
        far.run("wg", "set", f"{device}f", "listen-port", str(WIREGUARD), "private-key", keys[0][0],
                "peer", keys[1][1], "allowed-ips", f"{INSIDE}.2/32")  # fmt: skip
        near.run("wg", "set", f"{device}n", "private-key", keys[1][0], "peer", keys[0][1],
                 "endpoint", f"{address}:{port}", "allowed-ips", f"{INSIDE}.1/32")  # fmt: skip
        return _through(way)


def _keys(way: Way, end: str) -> tuple[str, str]:
    """Return the file of a private key, and its public key."""
    file = way.folder / f"wireguard-{end}"
    private = subprocess.run(["wg", "genkey"], capture_output=True, text=True, check=True).stdout
    file.write_text(private)
    file.chmod(0o600)
    public = subprocess.run(
        ["wg", "pubkey"], input=private, capture_output=True, text=True, check=True
    )
    return str(file), public.stdout.strip()


@contextmanager
def _wireguard_device(way: Way, machine: Namespace, name: str) -> Iterator[None]:
    """A WireGuard device: the kernel's, or wireguard-go's where the kernel has none."""
    own = 1 if name.endswith("f") else 2
    made = machine.run("ip", "link", "add", name, "type", "wireguard")
    with ExitStack() as stack:
        if made.returncode:
            far = machine if machine is way.abroad.machine else None
            stack.enter_context(way.running("wireguard-go", "-f", name, machine=far))
            links = ("ip", "link", "show", name)
            until(lambda: machine.run(*links).returncode == 0, "wireguard-go runs", 20)
        machine.address(name, f"{INSIDE}.{own}/30")
        machine.ip("link", "set", name, "up")
        yield
    machine.run("ip", "link", "del", name)


def _by_openvpn(way: Way, listen: str, host: str, port: int, protocol: str) -> bool:
    key = way.folder / "openvpn.key"
    subprocess.run(["openvpn", "--genkey", "secret", str(key)], check=True, capture_output=True)
    tail = {"udp": ("udp", "udp"), "tcp": ("tcp-server", "tcp-client")}[protocol]
    shared = ("openvpn", *OLD_KEY, "--secret", str(key), "--dev")
    far = (*shared, f"ovf{way.role}", "--ifconfig", f"{INSIDE}.1", f"{INSIDE}.2",
           "--local", listen, "--port", str(port), "--proto", tail[0])  # fmt: skip
    near = (*shared, f"ovn{way.role}", "--ifconfig", f"{INSIDE}.2", f"{INSIDE}.1",
            "--remote", host, str(port), "--proto", tail[1], "--nobind",
            "--connect-retry", "1", "2")  # fmt: skip
    with way.abroad.lock, way.running(*far, machine=way.abroad.machine) as said:
        ready = b"Listening" if protocol == "tcp" else b"link local"
        until(lambda: ready in said.read_bytes(), "openvpn listens", 20)
        with way.running(*near) as log:
            return _through(way, log)


def _by_tor(way: Way, bridge: str) -> bool:
    data = way.folder / "tor"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    nowhere = ("-f", "/nonexistent", "--defaults-torrc", "/nonexistent")
    tool = ("tor", *nowhere, "--ignore-missing-torrc", "--DataDirectory", str(data),
            "--SocksPort", "0", "--UseBridges", "1", "--Bridge", bridge)  # fmt: skip
    with way.running(*tool) as log:
        # conn_done: tor has spoken to the bridge. Real ones let it go on from there.
        ends = (b"(conn_done)", b"Problem bootstrapping", b"were not able to connect")
        try:
            until(lambda: any(end in log.read_bytes() for end in ends), "tor tries", 2 * PATIENCE)
        except AssertionError:
            return False
        return ends[0] in log.read_bytes()


CASES: Final = (
    Bypass("socks", socks, pattern("relay")),
    Bypass("socks_443", socks_443, pattern("relay443")),
    Bypass("http_proxy", http_proxy, pattern("relay3128")),
    Bypass("http_proxy_8080", http_proxy_8080, pattern("relay8080")),
    Bypass("ssh", ssh, pattern("shell"), ("ssh", "sshd")),
    Bypass("ssh_443", ssh_443, pattern("shell443"), ("ssh", "sshd")),
    Bypass("wireguard", wireguard, pattern("wireguard"), ("wg", "wireguard-go")),
    Bypass("wireguard_443", wireguard_443, pattern("wireguard443"), ("wg", "wireguard-go")),
    Bypass("openvpn", openvpn, pattern("openvpn"), ("openvpn",)),
    Bypass("vpn_443", vpn_443, pattern("openvpn443"), ("openvpn",)),
    Bypass("vpn_443_named", vpn_443_named, pattern("work"), ("openvpn",)),
    Bypass("vpn_site", vpn_site, r"nordvpn\.com", controlled=False),
    Bypass("tor", tor, pattern("tor"), ("tor",)),
    Bypass("tor_443", tor_443, pattern("tor443"), ("tor",)),
    Bypass("tor_site", tor_site, r"torproject\.org", controlled=False),
)
