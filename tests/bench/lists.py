"""A list of a million names or five: what it costs to hold, to ask, to build and to replace.

``python -m tests.bench.lists [NAMES [PEER ...]]``. The same list in Bellgate's DNS worker, in
dnsmasq, in unbound (local zones; RPZ) and in pdns-recursor (RPZ), one after the other, each
asked over its socket. Memory is the whole server's, after it answered 20,000 listed names:
proportional (PSS) and unshared (USS) size; ``held`` is what it takes more than just started
without a list. Bellgate builds in another process, once for all; the others build when they
load. Its swap begins with the text of the new list and counts the build. Fails when Bellgate
takes more memory than a peer, as one process or as four, or when queries noticed its swap:
one was lost, or a larger share was late than while nothing happened.

What else could have held the names, measured once with a million of them (x86, Python 3.11;
bytes a name on disk; MB resident after 20,000 look-ups; CPU microseconds for a hit, a miss):

    MARISA tries in runs      5.8   8.7   11.8  1.6  exact, prefixes in one walk: taken
    sorted 64-bit hashes      8.0   9.0   15.3  14.2  a false hit is possible, no names to show
    LMDB                     29.6  29.0    5.0  2.1  exact, a probe for each label
    adblock-rust's engine    51.2   391    4.5  6.6  not mapped: 391 MB in every process
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

from tests.bench.dns import table
from tests.bench.dns_load import names as questions
from tests.bench.dns_load import run
from tests.bench.dns_servers import Running, bellgate_contents, publish, upstream
from tests.bench.lists_lookup import lookups
from tests.bench.lists_report import Cost, building, kept, memory, times
from tests.bench.lists_servers import (
    NEW,
    PACKAGES,
    SOURCE,
    Peer,
    bellgate,
    closed,
    fresh,
    missing,
    peer,
    started,
    write_list,
)
from tests.bench.lists_swap import calm, swap
from tests.bench.snapshot import made_up

ASKED = 20_000
PROCESSES = 4
PI = 1_000_000_000  # bytes of memory of the appliance
REPLACED = 100  # one name of so many is another in the new list
CANARY = "use-application-dns.net"  # closed by Bellgate without any list


def main(count: int = 1_000_000, *only: str) -> int:
    """Measure, print, and return 0 if the mark is kept. only: the peers, where not all."""
    for name in missing():
        print(f"{name} is NOT MEASURED: apt-get install {PACKAGES[name][1]}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as temporary, upstream() as port:
        place = Path(temporary)
        lists = place / "old.txt", place / "new.txt"
        asked = two_lists(count, *lists)
        cost, runs = of_bellgate(place, port, asked, lists)
        building(count, runs)
        table("Bellgate's look-up inside a process", (
            "", "CPU us", "wall us", "pages from the disk"),
            lookups(place / "Bellgate" / "snapshot", asked))  # fmt: skip
        costs = [cost]
        for name in (one for one in only or PACKAGES if one not in missing()):
            print(f"... {name}", file=sys.stderr, flush=True)
            try:
                costs.append(of_peer(name, place, port, asked, lists))
            except TimeoutError as error:
                print(f"{name} is NOT MEASURED: {error}", file=sys.stderr)
    memory(costs, count)
    times(costs, count)
    return 0 if kept(costs) else 1


def two_lists(count: int, old: Path, new: Path) -> list[str]:
    """Write a list and the one that replaces it; return names of both, to ask for."""
    names = made_up(count)
    old.write_text("\n".join(names) + "\n")
    both = [name for place, name in enumerate(names) if place % REPLACED]
    names[::REPLACED] = [f"{name}.example" for name in names[::REPLACED]]
    new.write_text("\n".join([*names, NEW]) + "\n")
    return both[:: max(1, len(both) // ASKED)][:ASKED]


def built(list_file: Path, data: Path) -> dict[str, Any]:
    """Build a list in a process of its own and put it in force; return what it says."""
    line = [sys.executable, "-m", "tests.bench.lists_build", str(list_file), str(data)]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def of_bellgate(
    place: Path, port: int, asked: list[str], lists: tuple[Path, Path]
) -> tuple[Cost, dict[str, dict[str, Any]]]:
    """Measure the build and the DNS worker."""
    data, bare = place / "Bellgate", place / "bare"
    runs = {"first": built(lists[0], data)}
    cost = Cost("Bellgate", disk=runs["first"]["bytes"])
    for folder in ("snapshot", "spool"):
        (bare / folder).mkdir(parents=True)
    publish(bare, bellgate_contents())
    with started(bellgate(bare, port), CANARY) as (server, _):
        cost.empty = sizes(server.pid)[0]

    def replace() -> None:
        runs["an update of 1 %"] = built(lists[1], data)

    with one_measured(cost, bellgate(data, port), asked, place) as server:
        thread = Thread(target=replace)
        replaced(cost, server, thread.start)
        thread.join()
    four_measured(cost, [bellgate(data, port) for _ in range(PROCESSES)], asked, place)
    return cost, runs


def of_peer(name: str, place: Path, port: int, asked: list[str], lists: tuple[Path, Path]) -> Cost:
    """Measure another server with the same list."""
    cost, directory = Cost(name), place / name.replace(" ", "-")
    bare = peer(name, directory / "bare", port)
    write_list(bare, [NEW])
    with started(bare, NEW) as (server, _):
        cost.empty = sizes(server.pid)[0]
    first = peer(name, directory / "0", port)
    cost.disk = write_list(first, lines(lists[0]))
    with one_measured(cost, first, asked, place) as server:
        write_list(first, lines(lists[1]))
        replaced(cost, server, lambda: first.again(server.pid))
    more = [peer(name, directory / str(n), port, first.list_file) for n in range(1, PROCESSES)]
    four_measured(cost, [first, *more], asked, place)
    return cost


@contextlib.contextmanager
def one_measured(cost: Cost, given: Peer, asked: list[str], place: Path) -> Iterator[Running]:
    """Start one server, ask it, look at its memory; give it for what comes next."""
    with started(given, asked[0]) as (server, cost.load):
        cost.cpu = settled(server, asked, place)
        cost.pss, cost.uss = sizes(server.pid)
        cost.peak = status(server.pid, "VmHWM")
        yield server


def replaced(cost: Cost, server: Running, begin: Callable[[], None]) -> None:
    """Replace the list under a server that is asked all the time, as it was a while before."""
    cost.calm = calm(server.port)
    cost.noticed = swap(server.port, begin, lambda: closed(server.port, fresh(NEW)))
    cost.swap_peak = status(server.pid, "VmHWM")


def four_measured(cost: Cost, every: list[Peer], asked: list[str], place: Path) -> None:
    """Look at four processes at once; four times one where that is more than a Pi has."""
    cost.four, cost.times = PROCESSES * cost.pss, 1
    if PROCESSES * cost.peak > PI:
        return
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(started(one, asked[0]))[0] for one in every]
        for one in servers:
            settled(one, asked, place)
        cost.four, cost.times = sum(sizes(one.pid)[0] for one in servers), PROCESSES


def settled(server: Running, asked: list[str], place: Path) -> float:
    """Ask for every name once; return the CPU microseconds of one."""
    data = questions(place / "questions", asked)
    return run(server, data, SOURCE, "-n", "1", "-q", "50").each


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file."""
    with path.open() as file:
        for line in file:
            yield line.rstrip("\n")


def sizes(pid: int) -> tuple[int, int]:
    """Return a process's proportional and unshared size, in bytes."""
    found = dict.fromkeys(("Pss:", "Private_Clean:", "Private_Dirty:"), 0)
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        word, number, *_ = line.split()
        if word in found:
            found[word] = int(number) * 1024
    return found["Pss:"], found["Private_Clean:"] + found["Private_Dirty:"]


def status(pid: int, word: str) -> int:
    """Return a number of bytes from /proc/PID/status."""
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(row.split()[1] for row in rows if row.startswith(word + ":"))) * 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, *sys.argv[2:]))
