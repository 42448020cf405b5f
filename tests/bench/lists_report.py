"""The tables of the lists benchmark, and the mark they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.bench.dns import table
from tests.bench.lists_swap import LATE, RATE, Noticed

MB = 1e6
SPARE = 0.001  # share of late answers that is the machine's own, from one ten seconds to the next


@dataclass
class Cost:
    """What one server came to. Bytes, seconds; cpu: microseconds for a listed name.

    empty: PSS without a list. peak: the most that was resident while it loaded; swap_peak:
    while the list was replaced. calm, noticed: what queries met before that and during it.
    four: PSS of four processes; times: how many were measured.
    """

    name: str
    disk: int = 0
    empty: int = 0
    pss: int = 0
    uss: int = 0
    peak: int = 0
    four: int = 0
    times: int = 4
    load: float = 0.0
    cpu: float = 0.0
    swap_peak: int = 0
    calm: Noticed | None = None
    noticed: Noticed | None = None


def building(count: int, runs: dict[str, dict[str, Any]]) -> None:
    """Print what each step from a list's file to the files in force takes."""
    rows: list[tuple[object, ...]] = []
    for what, said in runs.items():
        for step, place in (("reading", 1), ("keeping", 2), ("building", 3)):
            rows.append((
                f"{what}: {step}", f"{said[step]:.1f}", f"{1e6 * said[step] / count:.2f}",
                f"{said['peaks'][place] / MB:.0f}", f"{said['peaks'][0] / MB:.0f}",
            ))  # fmt: skip
    table("From a list's file to the files in force (once, for all processes)", (
        "", "s", "us/name", "peak MB", "of it before"), rows)  # fmt: skip
    for what, said in runs.items():
        print(f"  {what}: {said['runs']} runs, {said['runs_again']} of them there already")


def memory(costs: list[Cost], count: int) -> None:
    """Print what each server holds."""
    ours = costs[0]
    rows: list[tuple[object, ...]] = [
        (
            one.name, f"{one.disk / count:.2f}", f"{(one.pss - one.empty) / count:.1f}",
            f"{one.empty / MB:.0f}", f"{one.pss / MB:.0f}", f"{one.uss / MB:.0f}",
            f"{one.pss / ours.pss:.1f}x", ("" if one.times == 4 else "~") + f"{one.four / MB:.0f}",
            f"{one.four / ours.four:.1f}x", f"{one.peak / MB:.0f}", f"{one.swap_peak / MB:.0f}",
        )
        for one in costs
    ]  # fmt: skip
    table(f"{count:,} names: memory of the whole server, MB (~: four times one)", (
        "", "B/name on disk", "B/name held", "without list", "PSS", "USS", "to ours",
        "PSS of four", "to ours", "peak, loading", "peak, swapping"), rows)  # fmt: skip


def times(costs: list[Cost], count: int) -> None:
    """Print how long each takes, and what queries notice."""
    rows: list[tuple[object, ...]] = []
    for one in costs:
        seen = one.noticed
        assert seen is not None
        assert one.calm is not None
        rows.append((
            one.name, f"{one.load:.1f}", f"{one.cpu:.1f}", f"{seen.seconds:.1f}",
            f"{seen.sent:,}", f"{seen.lost:,}", f"{100 * seen.late_share:.2f}",
            f"{100 * one.calm.late_share:.2f}", f"{seen.longest:,.0f}", f"{one.calm.longest:,.0f}",
        ))  # fmt: skip
    table(f"{count:,} names: start, a listed name, and a swap under {RATE} queries/s", (
        "", "start s", "CPU us/name", "swap s", "asked", "lost", f"% over {LATE * 1000:.0f} ms",
        "before", "longest ms", "before"), rows)  # fmt: skip


def kept(costs: list[Cost]) -> bool:
    """Say whether the mark is kept: the least memory of all, and a swap no query notices."""
    ours, *peers = costs
    least = all(ours.pss < one.pss and ours.four < one.four for one in peers)
    seen, calm = ours.noticed, ours.calm
    assert seen is not None
    assert calm is not None
    unseen = not seen.lost and seen.late_share <= calm.late_share + SPARE
    for words, good in (("least memory", least), ("a swap no query notices", unseen)):
        print(f"the mark ({words}): {'kept' if good else 'MISSED'}")
    return least and unseen
