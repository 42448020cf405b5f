"""Looking listed names up inside one process: from memory, and when the pages are on the disk."""

from __future__ import annotations

import ctypes
import os
import resource
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from appliance.publish import files
from appliance.publish.domainlist import DomainLists, opened

COLD = 300  # names asked of a cold list
_MADV_DONTNEED = 4  # asm-generic/mman-common.h: of a mapped file, drops this process's pages


def lookups(place: Path, asked: list[str]) -> list[tuple[object, ...]]:
    """Return rows: how they were asked, microseconds of CPU and wall, pages from the disk."""
    lists = files.read_current(place).lists
    assert lists is not None
    held = opened(place, lists)
    each(held, asked)
    below = [f"www.{name}" for name in asked]
    beside = [f"{name}q" for name in asked]
    rows: list[tuple[object, ...]] = [
        ("hot, listed", *each(held, asked)),
        ("hot, below a listed name", *each(held, below)),
        ("hot, not listed", *each(held, beside)),
    ]
    forget(place, lists.names())
    rows.append((f"cold, the first {COLD}", *each(held, asked[:: len(asked) // COLD][:COLD])))
    return rows


def each(held: DomainLists, names: Iterable[str]) -> tuple[str, str, str]:
    """Return a look-up's mean microseconds, CPU and wall, and the pages that came from the disk."""
    every = list(names)
    find: Callable[[str], object] = held.find
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
    begun, cpu = time.perf_counter(), time.process_time()
    for name in every:
        find(name)
    taken, cpu = time.perf_counter() - begun, time.process_time() - cpu
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_majflt - faults
    return f"{cpu * 1e6 / len(every):.2f}", f"{taken * 1e6 / len(every):.2f}", f"{faults:,}"


def forget(place: Path, names: Iterable[str]) -> None:
    """Drop the pages of mapped files from this process and from the page cache."""
    libc = ctypes.CDLL(None, use_errno=True)
    wanted = {str(place / name) for name in names}
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, *_, path = line.split(maxsplit=5) if line.count(" ") > 4 else (line, "")
        if path in wanted:
            low, high = (int(part, 16) for part in span.split("-"))
            libc.madvise(ctypes.c_void_p(low), ctypes.c_size_t(high - low), _MADV_DONTNEED)
    for path in wanted:
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
