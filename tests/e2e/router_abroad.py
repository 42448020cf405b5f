"""The internet further out: resolvers, proxies, SSH and tunnels that are not the school's.

```
 abroad ---- internet ---- appliance ---- pupil, staff
 8.8.8.8     9.9.9.9
 93.184.200.50 and up
```
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.e2e import names, pki
from tests.e2e.lab import Lab, started
from tests.e2e.netns import Namespace, cable
from tests.e2e.waiting import until

TUNNEL_PASSWORD: Final = "a word for both ends"
WIREGUARD: Final = 51820
TUNNEL_INSIDE: Final = "172.31.77.1"
RESOLVERS: Final = ("dns.google", *(f"{host}.example.net" for host in ("quiet", "still", "doh")))


@dataclass(frozen=True)
class Abroad:
    """The machine, its files, and the authority that signs for its names."""

    machine: Namespace
    folder: Path
    ca: Path
    key: Path  # of the one who may use SSH there
    # One at a time has a VPN's far end.
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def laid_out(lab: Lab, folder: Path) -> Iterator[Abroad]:
    """Put the machines further out beside the internet, and take them away again."""
    machine = Namespace("abroad")
    try:
        _cabled(lab.internet, machine)
        _wireguard_on_443(machine)
        machine.resolver(names.DNS4)
        ca, certificate = pki.make(folder, tuple(names.ABROAD))
        abroad = Abroad(machine, folder, ca, folder / "ssh-key")
        with ExitStack() as running:
            servers = "router_servers"
            running.enter_context(started(machine, folder, servers, "abroad", str(certificate)))
            world = str(lab.folder / "world.pem")
            running.enter_context(started(lab.internet, lab.folder, servers, "sites", world))
            for argv in (_unbound(folder, certificate), _sshd(folder), _iodined()):
                running.enter_context(_daemon(machine, folder, argv))
            _wait(machine)
            yield abroad
    finally:
        machine.remove()
        lab.internet.sysctl("net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0")


def _cabled(internet: Namespace, abroad: Namespace) -> None:
    cable(internet, "abroad", abroad, "eth0")
    internet.address("abroad", "198.18.0.1/30", "fd00:abad::1/64")
    abroad.address("eth0", "198.18.0.2/30", "fd00:abad::2/64")
    internet.forward()
    for four, six in names.ABROAD.values():
        abroad.address("lo", f"{four}/32", f"{six}/128")
        internet.ip("route", "add", f"{four}/32", "via", "198.18.0.2")
        internet.ip("-6", "route", "add", f"{six}/128", "via", "fd00:abad::2")
    abroad.ip("route", "add", "default", "via", "198.18.0.1")
    abroad.ip("-6", "route", "add", "default", "via", "fd00:abad::1")


def _wireguard_on_443(abroad: Namespace) -> None:
    """WireGuard binds every address, and some have other servers on UDP 443."""
    to = names.ABROAD["wireguard443.example.net"][0]
    rules = (
        "add table ip far; add chain ip far in { type nat hook prerouting priority -100; };"
        f"add rule ip far in ip daddr {to} udp dport 443 redirect to :{WIREGUARD}"
    )
    done = abroad.run("nft", rules)
    assert done.returncode == 0, done.stderr


def _unbound(folder: Path, certificate: Path) -> list[str]:
    """Plain DNS, DNS over TLS and over HTTPS, at a known and at an unknown address."""
    listen = "".join(
        f"  interface: {address}@{port}\n"
        for host in RESOLVERS
        for address in names.ABROAD[host]
        for port in (53, 853, 443)
    )
    text = (
        f"server:\n{listen}  access-control: 0.0.0.0/0 allow\n  access-control: ::/0 allow\n"
        f'  tls-service-pem: "{certificate}"\n  tls-service-key: "{certificate}"\n'
        '  module-config: "iterator"\n  do-daemonize: no\n  username: ""\n  chroot: ""\n'
        f'  directory: "{folder}"\n  pidfile: "{folder}/unbound.pid"\n  use-syslog: no\n'
        f"  verbosity: 1\nremote-control:\n  control-enable: no\n"
        f'forward-zone:\n  name: "."\n  forward-addr: {names.DNS4}\n'
    )
    (folder / "unbound.conf").write_text(text)
    return ["unbound", "-d", "-c", str(folder / "unbound.conf")]


def _sshd(folder: Path) -> list[str]:
    for key in ("ssh-key", "host-key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True
        )
    (folder / "authorized").write_text((folder / "ssh-key.pub").read_text())
    on22, on443 = (names.ABROAD[f"{host}.example.net"][0] for host in ("shell", "shell443"))
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd(8) wants it, empty
    (folder / "sshd.conf").write_text(
        f"ListenAddress {on22}:22\nListenAddress {on443}:443\nHostKey {folder}/host-key\n"
        f"AuthorizedKeysFile {folder}/authorized\nPermitRootLogin yes\nStrictModes no\n"
        f"UsePAM no\nPidFile {folder}/sshd.pid\nUseDNS no\nMaxStartups 50\n"
    )
    return ["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd.conf")]


def _iodined() -> list[str]:
    address = names.ABROAD["tunnel.example.net"][0]
    return ["iodined", "-f", "-c", "-P", TUNNEL_PASSWORD, "-l", address, "-d", "dns-far",
            f"{TUNNEL_INSIDE}/27", names.TUNNEL.lstrip(".")]  # fmt: skip


@contextmanager
def _daemon(machine: Namespace, folder: Path, argv: list[str]) -> Iterator[None]:
    with (folder / f"{Path(argv[0]).name}.log").open("ab") as log:
        process = subprocess.Popen(
            machine.command(*argv), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _wait(machine: Namespace) -> None:
    """Wait until every server listens."""
    resolver, shell = (names.ABROAD[h][0] for h in ("quiet.example.net", "shell.example.net"))
    wanted = {f"{resolver}:853", f"{resolver}:443", f"{resolver}:53", f"{shell}:22"}
    tunnel = f"{names.ABROAD['tunnel.example.net'][0]}:53"

    def listening() -> bool:
        tcp, udp = machine.run("ss", "-Hltn").stdout, machine.run("ss", "-Hlun").stdout
        return all(f"{one} " in tcp for one in wanted) and f"{tunnel} " in udp

    until(listening, "the servers abroad listen", 30)
