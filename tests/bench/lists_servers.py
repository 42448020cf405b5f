"""DNS servers that hold a list of names: how each is told of it, started and told to read it anew.

Each gets the form that is lightest for it: dnsmasq a servers file (``server=/name/``, which
SIGHUP reads again); unbound local zones, and beside them a response policy zone (RPZ);
pdns-recursor an RPZ. In an RPZ a name and what is below it take two records.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dnslib import RCODE, DNSRecord

from tests.bench.dns_servers import PATH, UNBOUND, Running, free_port

SOURCE = "127.0.30.7"  # a visitor: refused by name, as whoever has not the school's certificate
NEW = "only-in-the-new-list.example"
PACKAGES = {
    "dnsmasq": ("dnsmasq", "dnsmasq-base"),
    "unbound": ("unbound", "unbound"),
    "unbound RPZ": ("unbound", "unbound"),
    "pdns-recursor RPZ": ("pdns_recursor", "pdns-recursor"),
}
PATIENCE = 1800  # seconds that five million names may take to load
RPZ_HEAD = "$TTL 300\n@ SOA localhost. root.localhost. 1 3600 600 86400 300\n@ NS localhost.\n"
CONTROL = "remote-control:\n  control-enable: yes\n  control-use-cert: no\n"
PDNS = """\
local-address=127.0.0.1
local-port={port}
daemon=no
threads=1
setuid=
setgid=
socket-dir={directory}
forward-zones-recurse=.=127.0.0.1:{upstream}
dont-query=
allow-from=127.0.0.0/8
security-poll-suffix=
quiet=yes
dnssec=off
lua-config-file={directory}/rpz.lua
"""


@dataclass(frozen=True)
class Peer:
    """A server that can be measured. list_file: what it reads its list from."""

    name: str
    directory: Path
    port: int
    list_file: Path
    command: tuple[str, ...]
    again: Callable[[int], None]  # tells a process, by its id, to read the list anew


def missing() -> list[str]:
    """Return the peers that this machine has not."""
    return [name for name, (what, _) in PACKAGES.items() if shutil.which(what, path=PATH) is None]


def write_list(peer: Peer, names: Iterable[str]) -> int:
    """Write a list in the form that a server reads, put it in place; return its bytes."""
    draft = peer.list_file.with_suffix(".new")
    with draft.open("w") as file:
        match peer.name:
            case "dnsmasq":
                file.writelines(f"server=/{name}/\n" for name in names)
            case "unbound":
                file.write("server:\n")
                file.writelines(f' local-zone: "{name}" always_nxdomain\n' for name in names)
            case _:
                file.write(RPZ_HEAD)
                file.writelines(f"{name} CNAME .\n*.{name} CNAME .\n" for name in names)
    draft.replace(peer.list_file)
    return peer.list_file.stat().st_size


def peer(name: str, directory: Path, upstream: int, list_file: Path | None = None) -> Peer:
    """Write a server's configuration. list_file: one that another process reads too."""
    directory.mkdir(parents=True, exist_ok=True)
    port, file = free_port(), list_file or directory / "list"
    if not file.exists():
        file.touch()
    if name == "dnsmasq":
        line = [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv",
            f"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces",
            f"--server=127.0.0.1#{upstream}", "--cache-size=10000", "--user=root", "--pid-file=",
            f"--servers-file={file}",
        ]  # fmt: skip
        return Peer(name, directory, port, file, tuple(line), hang_up)
    if name == "pdns-recursor RPZ":
        (directory / "recursor.conf").write_text(
            PDNS.format(port=port, upstream=upstream, directory=directory)
        )
        (directory / "rpz.lua").write_text(f'rpzFile("{file}", {{policyName="bench"}})\n')
        line = ["pdns_recursor", f"--config-dir={directory}"]
        told = ["rec_control", f"--config-dir={directory}", "reload-lua-config"]
        return Peer(name, directory, port, file, tuple(line), telling(told))
    text = UNBOUND.format(port=port, upstream=upstream, directory=directory)
    control, told_ = f"{CONTROL}  control-interface: {directory}/control\n", "reload"
    head, tail = text.split("remote-control:")[0], text[text.index("forward-zone:") :]
    if name == "unbound RPZ":
        head = head.replace('"iterator"', '"respip iterator"')
        tail += f'rpz:\n  name: "rpz.bench"\n  zonefile: "{file}"\n'
        told_ = "auth_zone_reload rpz.bench"
    else:
        tail += f'include: "{file}"\n'
    conf = directory / "unbound.conf"
    conf.write_text(head + control + tail)
    told = ["unbound-control", "-c", str(conf), *told_.split()]
    return Peer(name, directory, port, file, ("unbound", "-d", "-c", str(conf)), telling(told))


def bellgate(directory: Path, upstream: int) -> Peer:
    """Return the DNS worker on a data directory whose snapshot is published already."""
    port = free_port()
    code = (
        "from pathlib import Path; from appliance.dns.server import serve;"
        "from appliance.dns.settings import DnsSettings;"
        f"serve(DnsSettings(Path({str(directory)!r}), (('127.0.0.1', {port}),),"
        f" (('127.0.0.1', {upstream}),)))"
    )
    line = (sys.executable, "-c", code)
    return Peer("Bellgate", directory, port, directory / "list", line, lambda _: None)


@contextlib.contextmanager
def started(given: Peer, listed: str) -> Iterator[tuple[Running, float]]:
    """Run a server until it is no longer needed; with it the seconds until a name was closed."""
    begun = time.monotonic()
    with (given.directory / "log").open("ab") as log:
        process = subprocess.Popen(
            given.command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={"PATH": PATH}
        )
    try:
        while not closed(given.port, listed):
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                raise TimeoutError(f"{given.name} did not come up, see {given.directory}/log")
            time.sleep(0.02)
        taken = time.monotonic() - begun
        yield Running(given.name, process.pid, given.port, given.directory), taken
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def closed(port: int, name: str) -> bool:
    """Whether a server says that a name is not there, while the upstream knows every name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((SOURCE, 0))
        sock.settimeout(0.5)
        sock.connect(("127.0.0.1", port))
        try:
            sock.send(DNSRecord.question(name).pack())
            return bool(DNSRecord.parse(sock.recv(2000)).header.rcode == RCODE.NXDOMAIN)
        except OSError:
            return False


def fresh(name: str) -> str:
    """Return a name below one that nobody has asked for: in no cache of any server."""
    return f"n{time.monotonic_ns()}.{name}"


def hang_up(pid: int) -> None:
    """Tell dnsmasq to read its servers file again."""
    os.kill(pid, signal.SIGHUP)


def telling(command: list[str]) -> Callable[[int], None]:
    """Return what runs a control command and does not wait for it."""

    def tell(_: int) -> None:
        subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": PATH}
        )

    return tell
