"""A small router between two school networks and an internet, in namespaces of its own.

```
 internet -- uplink  router  lan1 -- pupils  10.1.0.5 .7 .9 .99   fd00:1::5 ...
 many addresses              lan2 -- staff   10.2.0.5             fd00:2::5
```

Everywhere something listens and answers with where it is and who asked. The router's own
forwarding is all that there is until a ruleset is applied.
"""

from __future__ import annotations

import ctypes
import selectors
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, Final, TypeVar

from appliance.firewall.nft import Nft
from tests.e2e import netns
from tests.e2e.netns import CLONE_NEWNET, Namespace, cable

DNS, HTTP, HTTPS, EXPLICIT, WEB = 5353, 8080, 8443, 3129, 8000
OURS: Final = {4: "10.9.0.1", 6: "fd00:9::1"}
UPLINK: Final = {4: "192.0.2.1", 6: "2001:db8::1"}
# What is out there: (IPv4, IPv6) by a word.
PLACES: Final = {
    "web": ("198.51.100.1", "2001:db8:1::1"),
    "other": ("198.51.100.2", "2001:db8:1::2"),
    "third": ("198.51.100.3", "2001:db8:1::3"),
    "steered": ("198.51.100.40", "2001:db8:1::40"),
    "resolver": ("198.51.100.53", "2001:db8:1::53"),
    "ranged": ("203.0.113.5", "2001:db8:fb::5"),
    "nearby": ("172.16.0.5", "fd77::5"),
}
PORTS: Final = (22, 53, 80, 123, 443, 500, 853, 1080, 3478, 5222, 5228, 8443, 9999, 51820)
_Result = TypeVar("_Result")


class Answering:
    """Everything that listens: one thread, each socket with the word it answers."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.taken: list[socket.socket] = []

    def listen(
        self, machine: Namespace, word: str, ports: Sequence[int], addresses: Sequence[str]
    ) -> None:
        """Answer with a word on ports of a machine's addresses, by TCP and UDP."""
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                for port in ports:
                    one = machine.socket(family, kind)
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    one.bind((address, port))
                    if kind == socket.SOCK_STREAM:
                        one.listen(64)
                    one.setblocking(False)
                    self._selector.register(one, selectors.EVENT_READ, (word, "listening"))

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def end(self) -> None:
        """Stop, and close every socket."""
        self._ending.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _run(self) -> None:
        while not self._ending.is_set():
            for key, _ in self._selector.select(0.1):
                with suppress(OSError):
                    self._serve(key.fileobj, *key.data)  # type: ignore[arg-type]

    def _serve(self, one: socket.socket, word: str, what: str) -> None:
        if one.type == socket.SOCK_DGRAM:
            _, peer = one.recvfrom(2048)
            one.sendto(f"{word} {peer[0]}".encode(), peer)
        elif what == "listening":
            taken, _ = one.accept()
            taken.setblocking(False)
            self.taken.append(taken)
            self._selector.register(taken, selectors.EVENT_READ, (word, "taken"))
        else:
            self._echo(one, word)

    def _echo(self, one: socket.socket, word: str) -> None:
        try:
            data = one.recv(2048)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(one)
            one.close()
            return
        one.send(f"{word} {one.getpeername()[0]}".encode())


class LittleRouter:
    """The machines, and a thread that lives on the router."""

    def __init__(self, internet: Namespace, router: Namespace, pupils: Namespace,
                 staff: Namespace, answering: Answering) -> None:  # fmt: skip
        self.internet, self.router, self.answering = internet, router, answering
        self.machines = {"pupils": pupils, "staff": staff, "internet": internet, "router": router}
        self._there = ThreadPoolExecutor(1, initializer=_enter, initargs=(router.name,))
        self.nft = self.on_router(Nft)

    def on_router(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """Do something in the router's namespace."""
        return self._there.submit(work, *arguments).result(60)

    def apply(self, statements: Sequence[dict[str, Any]], *, renew: bool = True) -> None:
        """Apply a document on the router, after a check."""
        self.on_router(self.nft.check, statements)
        self.on_router(partial(self.nft.apply, statements, renew=renew))

    def end(self) -> None:
        """Give back the thread and its context."""
        self.on_router(self.nft.close)
        self._there.shutdown()

    def mac(self, machine: str) -> str:
        """Return the MAC of a client machine."""
        return self.machines[machine].ip("-o", "link", "show", "eth0").split("link/ether ")[1][:17]

    def connected(self, machine: str, source: str, to: str, port: int) -> socket.socket:
        """Return an open TCP connection over which one word went each way."""
        one = self._socket(machine, socket.SOCK_STREAM, source, 20.0)
        one.connect((to, port))
        one.sendall(b"hello")
        assert one.recv(100)
        return one

    def probe(self, machine: str, source: str, to: str, protocol: str, port: int,
              *, patience: float = 20.0) -> str:  # fmt: skip
        """Return who answered (``internet PEER``), ``refused``, ``prohibited`` or ``silent``."""
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        with self._socket(machine, kind, source, patience) as one:
            try:
                one.connect((to, port))
                one.send(b"hello")
                return one.recv(200).decode() or "closed"
            except TimeoutError:
                return "silent"
            except (ConnectionRefusedError, ConnectionResetError):
                return "refused"
            except OSError as error:
                return f"prohibited {error.errno}"

    def _socket(self, machine: str, kind: int, source: str, patience: float) -> socket.socket:
        family = socket.AF_INET6 if ":" in source else socket.AF_INET
        one = self.machines[machine].socket(family, kind)
        one.settimeout(patience)
        one.bind((source, 0))
        return one


@contextmanager
def built() -> Iterator[LittleRouter]:
    """Build all of it, and take it away again."""
    netns.sweep()
    with ExitStack() as stack:
        made = []
        for role in ("fw-net", "fw-router", "fw-pupils", "fw-staff"):
            made.append(Namespace(role))
            stack.callback(made[-1].remove)
        internet, router, pupils, staff = made
        _outside(internet, router)
        _inside(router, pupils, 1, ("5", "7", "9", "99"))
        _inside(router, staff, 2, ("5",))
        answering = Answering()
        answering.listen(internet, "internet", PORTS, [a for pair in PLACES.values() for a in pair])
        answering.listen(staff, "staff", (80, 9999), ("10.2.0.5", "fd00:2::5"))
        for word, port in (("dns", DNS), ("http", HTTP), ("https", HTTPS), ("explicit", EXPLICIT),
                           ("web", WEB), ("ssh", 22), ("dhcp", 67), ("else", 9999)):  # fmt: skip
            answering.listen(router, word, (port,), tuple(OURS.values()))
        answering.start()
        stack.callback(answering.end)
        little = LittleRouter(internet, router, pupils, staff, answering)
        stack.callback(little.end)
        yield little


def _outside(internet: Namespace, router: Namespace) -> None:
    cable(internet, "school", router, "wan")
    internet.address("school", "192.0.2.2/24", "2001:db8::2/64")
    router.address("wan", f"{UPLINK[4]}/24", f"{UPLINK[6]}/64")
    router.address("lo", f"{OURS[4]}/32", f"{OURS[6]}/128")
    for four, six in PLACES.values():
        internet.address("lo", f"{four}/32", f"{six}/128")
    for machine, four, six in ((internet, UPLINK[4], UPLINK[6]),
                               (router, "192.0.2.2", "2001:db8::2")):  # fmt: skip
        machine.ip("route", "add", "default", "via", four)
        machine.ip("-6", "route", "add", "default", "via", six)
    router.forward()
    # Every refusal is told: the kernel's limit on ICMP is not what is tested.
    router.sysctl("net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0")


def _inside(router: Namespace, machine: Namespace, number: int, hosts: Sequence[str]) -> None:
    cable(machine, "eth0", router, f"lan{number}")
    router.address(f"lan{number}", f"10.{number}.0.1/16", f"fd00:{number}::1/64")
    for host in hosts:
        machine.address("eth0", f"10.{number}.0.{host}/16", f"fd00:{number}::{host}/64")
    machine.ip("route", "add", "default", "via", f"10.{number}.0.1")
    machine.ip("-6", "route", "add", "default", "via", f"fd00:{number}::1")
    if number == 1:  # an address that is none of the school's
        machine.address("eth0", "10.77.0.5/32", "fd00:77::5/128")
        router.ip("route", "add", "10.77.0.0/16", "dev", "lan1")
        router.ip("-6", "route", "add", "fd00:77::/64", "dev", "lan1")


def _enter(name: str) -> None:
    with open(f"/run/netns/{name}", "rb") as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), CLONE_NEWNET):
            raise OSError(f"cannot enter the namespace {name}")
