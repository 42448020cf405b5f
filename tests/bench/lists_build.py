"""One list from its file into a store and from there to the files that faces map.

``python -m tests.bench.lists_build LIST DATA``: a process of its own, so that its peak is
its own. Prints a line of JSON. Several times on one DATA: each replaces the list before.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.publish import files
from appliance.publish.publisher import build_lists
from appliance.store import lists
from appliance.store.session import open_store
from tests.bench.dns_servers import bellgate_contents

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CATEGORY = "adult"


def main(list_file: Path, data: Path) -> None:
    """Read, keep, build, put in force."""
    place = data / "snapshot"
    place.mkdir(parents=True, exist_ok=True)
    (data / "spool").mkdir(exist_ok=True)
    store = open_store(data / "bellgate.db")
    started, begun = peak(), time.monotonic()
    with list_file.open() as lines, gather(lines, Format.DOMAINS, data) as gathered:
        read, read_peak = time.monotonic(), peak()
        with store.session() as session:
            lists.put(session, "bench", CATEGORY, gathered, source="bench", at=AT)
    kept, kept_peak = time.monotonic(), peak()
    version = max(files.versions(place), default=0)
    known = files.read(place / files.name_of(version)).lists if version else None
    made = build_lists(store, place, known)
    built, built_peak = time.monotonic(), peak()
    published = files.Published(bellgate_contents(version + 1), made)
    files.point(place, files.write(place, published))
    files.prune(place, kept=1)
    store.close()
    again = set(known.shards) & set(made.shards) if known and made else set()
    said = {
        "reading": read - begun, "keeping": kept - read, "building": built - kept,
        "bytes": sum((place / name).stat().st_size for name in made.names()) if made else 0,
        "runs": len(made.shards) if made else 0, "runs_again": len(again),
        "peaks": [started, read_peak, kept_peak, built_peak],
    }  # fmt: skip
    print(json.dumps(said))


def peak() -> int:
    """Return the most bytes that were resident so far, and begin to count anew."""
    lines = Path("/proc/self/status").read_text().splitlines()
    most = int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) * 1024
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets VmHWM
    return most


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
