"""Network namespaces: small machines with cables between them, gone when the test is.

Everything is named after the process that made it, so two runs never meet and what a
killed run left behind can be told apart and swept away.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Final

CLONE_NEWNET: Final = 0x40000000
ETC: Final = Path("/etc/netns")  # ip-netns(8): files here replace those of /etc inside
PREFIX: Final = "bellgate-"


class Namespace:
    """One machine on the test network."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.name = f"{PREFIX}{os.getpid()}-{role}"
        self.etc = ETC / self.name
        ip("netns", "add", self.name)
        self.ip("link", "set", "lo", "up")
        # Addresses count at once, without a second of asking whether they are taken.
        self.sysctl("net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0")

    def ip(self, *arguments: str) -> str:
        """Run ip(8) in the namespace and return what it printed."""
        return ip("-n", self.name, *arguments)

    def command(self, *argv: str) -> list[str]:
        """Return the command line that runs ``argv`` inside."""
        return ["ip", "netns", "exec", self.name, *argv]

    def run(
        self, *argv: str, timeout: float = 30.0, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end; a failure is for the caller to judge."""
        return subprocess.run(
            self.command(*argv), capture_output=True, text=True, timeout=timeout, check=False,
            errors="replace", input=input,
        )  # fmt: skip

    def socket(self, family: int, kind: int) -> socket.socket:
        """Return a socket that lives inside, for use from this process."""
        made: list[socket.socket] = []

        def enter() -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            with open(f"/run/netns/{self.name}", "rb") as place:
                if libc.setns(place.fileno(), CLONE_NEWNET):
                    return
            made.append(socket.socket(family, kind))

        # setns(2) moves one thread: the socket stays in its namespace when the thread is gone.
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if not made:
            raise OSError(f"cannot enter the namespace {self.name}")
        return made[0]

    def resolver(self, *addresses: str) -> None:
        """Make these the resolvers of every program started inside from now on."""
        self.etc.mkdir(parents=True, exist_ok=True)
        text = "".join(f"nameserver {address}\n" for address in addresses)
        (self.etc / "resolv.conf").write_text(text + "options timeout:2 attempts:2\n")

    def address(self, device: str, *addresses: str) -> None:
        """Give a device addresses."""
        for address in addresses:
            self.ip("address", "add", address, "dev", device)

    def forward(self) -> None:
        """Make a router of it."""
        self.sysctl("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")

    def sysctl(self, *settings: str) -> None:
        """Set kernel parameters of this namespace."""
        done = self.run("sysctl", "-qw", *settings)
        assert done.returncode == 0, done.stderr

    def remove(self) -> None:
        """End all that runs inside, then take the namespace away."""
        for pid in ip("netns", "pids", self.name).split():
            _kill(int(pid))
        ip("netns", "delete", self.name)
        shutil.rmtree(self.etc, ignore_errors=True)


def cable(one: Namespace, one_end: str, other: Namespace, other_end: str) -> None:
    """Lay a cable between two machines; each end is a device of the given name.

    MACs are not locally administered ones, as a real network card's: a device register
    gives nothing to a random MAC.
    """
    mac = _mac(one.role + one_end)
    ip("link", "add", one_end, "netns", one.name, "address", mac, "type", "veth",
       "peer", "name", other_end, "netns", other.name)  # fmt: skip
    other.ip("link", "set", other_end, "address", _mac(one.role + other_end))
    one.ip("link", "set", one_end, "up")
    other.ip("link", "set", other_end, "up")


def sweep() -> None:
    """Remove the namespaces of runs that were killed."""
    for line in ip("netns", "list").splitlines():
        name = line.split()[0]
        pid = name.removeprefix(PREFIX).partition("-")[0]
        if name.startswith(PREFIX) and pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            left = Namespace.__new__(Namespace)
            left.name, left.etc = name, ETC / name
            left.remove()


def ip(*arguments: str) -> str:
    """Run ip(8) and return what it printed.

    Raises:
        AssertionError: it failed; with what it said.
    """
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
    return done.stdout


def _mac(seed: str) -> str:
    digits = f"{sum(ord(c) * 257**i for i, c in enumerate(seed)) % 16**6:06x}"
    return f"00:16:3e:{digits[:2]}:{digits[2:4]}:{digits[4:]}"


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
