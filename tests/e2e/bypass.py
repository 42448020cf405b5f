"""A way round the gate: how it is tried, and by what the log would tell of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.e2e import names
from tests.e2e.client import Client, Reply
from tests.e2e.lab import Lab
from tests.e2e.router_abroad import Abroad

FORBIDDEN: Final = "www.facebook.com"  # closed to every role at every time (7.1)
# Closed by a list; the gate cannot read them.
LISTED: Final = ("casino.example.net", "bingo.example.net")
FORBIDDEN_AT: Final = names.ADDRESSES[FORBIDDEN]
PATIENCE: Final = 5.0  # seconds that a tunnel has to come up; without a gate it takes one


@dataclass(frozen=True)
class Way:
    """Who tries it, from where. client: with a resolver of its own where there is no gate."""

    lab: Lab
    abroad: Abroad
    client: Client
    role: str
    folder: Path

    def page(self, url: str, *more: str) -> Reply:
        """Fetch a URL as this client does."""
        return self.client.curl(url, *more, timeout=6.0)

    def fetch_at(self, host: str, address: str, *more: str) -> bool:
        """Whether a host's page comes from an address that was learned somehow."""
        where = f"[{address}]" if ":" in address else address
        reply = self.page(f"https://{host}/", "--resolve", f"{host}:443:{where}", *more)
        return reply.from_origin and reply.said["site"] == host

    def learned(self, addresses: list[str]) -> bool:
        """Whether an address that a resolver gave leads to the forbidden page."""
        return any(self.fetch_at(FORBIDDEN, address) for address in addresses)

    @contextmanager
    def running(self, *argv: str, machine: object = None) -> Iterator[Path]:
        """Run a tool on the client's machine (or abroad) while it is needed; gives its log."""
        place = self.abroad.machine if machine is not None else self.client.machine
        log = self.folder / f"{Path(argv[0]).name}-{'far' if machine is not None else 'near'}.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                place.command(*argv), stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        try:
            yield log
        finally:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class Bypass:
    """One way. run: tries it, and says whether the forbidden content was had.

    trace: a pattern for host, evidence, client and sign of an attempt that tells of it.
    roles: who can try it. controlled: whether it works where there is no gate, which is tested.
    """

    id: str
    run: Callable[[Way], bool]
    trace: str
    tools: tuple[str, ...] = ()
    roles: tuple[str, ...] = ("pupil", "staff")
    controlled: bool = True


def pattern(*hosts: str, sign: str = "") -> str:
    """Return a pattern for the addresses and names of far ends, and for a sign in the log."""
    found: list[str] = []
    for host in hosts:
        full = host if "." in host else f"{host}.example.net"
        found += [full, *(names.of(full) or ())]
    alternatives = "|".join(one.replace(".", r"\.") + r"(?![\w:]|\.\w)" for one in found)
    return f"(?=.*(?:{alternatives})).*{sign}"
