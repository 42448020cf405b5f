"""A million blocked domains: to publish, to look up, to hold in one more process.

``python -m tests.bench.snapshot [NAMES]``. Beside it, the same names as a Python set and a
dictionary in each process, and as a table with an index in SQLite; and what dnsmasq holds
when the list is its own. Memory is what one more process costs: proportional set size
(/proc/PID/smaps_rollup) of five processes, less that of five that hold nothing.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from appliance import policy_file
from appliance.lists.parse import parse
from appliance.policy.names import suffixes
from appliance.publish.domainlist import DomainLists
from appliance.publish.hold import Holder
from appliance.publish.publisher import Publisher
from appliance.store import lists, policies, settings
from appliance.store.session import open_store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PROCESSES, LOOKUPS = 5, 200_000
Find = Callable[[str], object]


def main(count: int = 1_000_000) -> int:
    """Measure, print, and return 0 when one more process costs what it should."""
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        names = made_up(count)
        (place / "list.txt").write_text("\n".join(names))
        published(place, names)
        sqlite_table(place / "peer.db", names)
        random.Random(7).shuffle(names)
        asked = names[:LOOKUPS]
        rows = {name: measured(place, how, asked) for name, how in KINDS.items()}
        sizes = {"Bellgate": size(place), "SQLite": (place / "peer.db").stat().st_size}
        base = rows["nothing"][3]
        table(rows, sizes, count)
        dnsmasq(place, names)
    return 0 if (rows["Bellgate"][3] - base) * 5 < rows["Python set"][3] - base else 1


def made_up(count: int) -> list[str]:
    """Return so many names, shaped like those of published lists."""
    dice = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(dice.choices(letters, k=dice.randint(3, 9))) for _ in range(60_000)]
    ends = [".com", ".net", ".org", ".co.uk", ".de", ".ru", ".info", ".xyz"]
    found: dict[str, None] = {}
    while len(found) < count:
        middle = dice.choice(["", "", "-", "."])
        found[dice.choice(words) + middle + dice.choice(words) + dice.choice(ends)] = None
    return list(found)


def published(place: Path, names: list[str]) -> None:
    """Take the list into a store and publish it; print what each step takes."""
    parsed, reading = timed(lambda: parse(names))
    store = open_store(place / "bellgate.db")
    with store.session() as s:
        text = policy_file.template_text(policy_file.TEMPLATES[0])
        policies.set_policy(s, text, "template", "bench", "", AT)
        _, adding = timed(lambda: lists.add(s, "L", "adult", parsed, source="bench", at=AT))
    publisher = Publisher(store, place / "snapshot")
    _, first = timed(lambda: publisher.publish(AT))
    with store.session() as s:
        settings.put(s, "clock_offset", 1)
    _, again = timed(lambda: publisher.publish_if_changed(AT))
    _, idle = timed(lambda: publisher.publish_if_changed(AT))
    holder, opening = timed(lambda: Holder(place / "snapshot"))
    store.close()
    assert isinstance(holder.snapshot.lists, DomainLists)
    per_name = size(place) / len(names)
    print(f"{len(names):,} names: parsed in {reading:.2f} s, into the store {adding:.2f} s")
    print(f"published with its lists      {first:8.2f} s   (once for each change of a list)")
    print(f"published without             {again * 1000:8.1f} ms  (any other change)")
    print(f"seen that nothing changed     {idle * 1000:8.2f} ms")
    print(f"opened and checked by a face  {opening * 1000:8.1f} ms")
    print(f"on disk                       {per_name:8.2f} bytes for each name\n")


def sqlite_table(path: Path, names: list[str]) -> None:
    """Make the peer: a table with the names as its key."""
    peer = sqlite3.connect(path)
    peer.execute("CREATE TABLE list (name TEXT PRIMARY KEY) WITHOUT ROWID")
    peer.executemany("INSERT INTO list VALUES (?)", ((name,) for name in sorted(names)))
    peer.commit()
    peer.close()


def of_bellgate(place: Path) -> Find:
    """The snapshot's lists, mapped."""
    return Holder(place / "snapshot").snapshot.lists.find


def of_set(place: Path) -> Find:
    """Every name in a set."""
    held = set((place / "list.txt").read_text().split("\n"))
    return lambda host: [suffix for suffix in suffixes(host) if suffix in held]


def of_dict(place: Path) -> Find:
    """Every name in a dictionary, with its list."""
    held = dict.fromkeys((place / "list.txt").read_text().split("\n"), ("adult", "L"))
    return lambda host: [held[suffix] for suffix in suffixes(host) if suffix in held]


def of_sqlite(place: Path) -> Find:
    """A query for all suffixes at once."""
    peer = sqlite3.connect(place / "peer.db")

    def find(host: str) -> object:
        wanted = list(suffixes(host))
        marks = ",".join("?" * len(wanted))
        return peer.execute(f"SELECT name FROM list WHERE name IN ({marks})", wanted).fetchall()

    return find


def of_nothing(_: Path) -> Find:
    """What a process costs that holds no list."""
    return lambda host: None


KINDS: dict[str, Callable[[Path], Find]] = {
    "nothing": of_nothing,
    "Bellgate": of_bellgate,
    "Python set": of_set,
    "Python dict": of_dict,
    "SQLite": of_sqlite,
}


def measured(
    place: Path, how: Callable[[Path], Find], asked: list[str]
) -> tuple[float, float, float, float]:
    """Return microseconds for the first look-ups, for a hit, for a miss; bytes a process."""
    context = get_context("spawn")
    ends, processes = [], []
    for _ in range(PROCESSES):
        ours, theirs = context.Pipe()
        process = context.Process(target=hold, args=(place, how, asked, theirs), daemon=True)
        process.start()
        ends.append(ours)
        processes.append(process)
        ours.recv()  # one after another: nobody's start slows another's
    times = []
    for end in ends:
        end.send("measure")
        times.append(end.recv())
    memory = sum(proportional(process.pid) for process in processes)
    for process in processes:
        process.kill()
        process.join()
    cold, hit, miss = (min(column) for column in zip(*times, strict=True))
    return cold, hit, miss, memory / PROCESSES


def hold(place: Path, how: Callable[[Path], Find], asked: list[str], end: Connection) -> None:
    """Hold a list; look names up when told."""
    find = how(place)
    end.send("ready")
    end.recv()
    asked = asked[: LOOKUPS if how is not of_sqlite else LOOKUPS // 10]
    first = each(find, asked[:100])
    end.send((first, each(find, asked, "www.{}"), each(find, asked, "www.{}q")))
    end.recv()


def each(find: Find, names: list[str], shape: str = "{}") -> float:
    """Return the CPU microseconds of a look-up, without those of the loop and the name."""
    begun = time.process_time()
    for name in names:
        shape.format(name)
    loop = time.process_time() - begun
    begun = time.process_time()
    for name in names:
        find(shape.format(name))
    return (time.process_time() - begun - loop) * 1e6 / len(names)


def proportional(pid: int | None) -> int:
    """Return the proportional set size of a process, in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) * 1024


def size(place: Path) -> int:
    """Return the bytes of the list files."""
    return sum(path.stat().st_size for path in (place / "snapshot").glob("lists-*"))


def table(rows: dict[str, Any], sizes: dict[str, int], count: int) -> None:
    """Print the comparison."""
    base = rows.pop("nothing")[3]
    print(f"{'':14}{'first 100':>10}{'hit':>8}{'miss':>8}{'one more process':>19}{'Bellgate':>10}")
    print(f"{'':14}{'CPU us':>10}{'CPU us':>8}{'CPU us':>8}{'MB':>19}{'is 1':>10}")
    ours = max(rows["Bellgate"][3] - base, 1)
    for name, (cold, hit, miss, memory) in rows.items():
        extra = memory - base
        print(
            f"{name:14}{cold:10.2f}{hit:8.2f}{miss:8.2f}{extra / 1e6:19.2f}{extra / ours:9.1f}x"
            + (f"   {sizes[name] / count:.1f} bytes a name on disk" if name in sizes else "")
        )


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what some work gives and the seconds it took."""
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for a while."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as made:
        yield made
        made.kill()


def dnsmasq(place: Path, names: list[str]) -> None:
    """Print what dnsmasq holds for the same list."""
    command = shutil.which("dnsmasq") or shutil.which("dnsmasq", path="/usr/sbin")
    if command is None:
        print("dnsmasq is NOT MEASURED: apt-get install dnsmasq-base", file=sys.stderr)
        return
    (place / "dnsmasq.conf").write_text("".join(f"address=/{name}/#\n" for name in names))
    args = ["--keep-in-foreground", "--port=0", "--pid-file=", f"--conf-file={place}/dnsmasq.conf"]
    with running([command, *args]) as server:
        before, deadline = -1, time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            now = proportional(server.pid)
            if now == before and now > 20_000_000:
                break
            before = now
            time.sleep(0.5)
        held = proportional(server.pid) if server.poll() is None else 0
    print(f"{'dnsmasq':14}{held / 1e6:45.2f} MB in each process, list and all")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
