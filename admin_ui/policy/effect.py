"""What a changed policy file would do, told before it is in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from admin_ui.policy.held import Held
from appliance.policy_file.bell_changes import gaps, week_effects
from appliance.policy_file.compare import Difference, differences, text_lines
from appliance.policy_file.effects import Effect, effects
from appliance.policy_file.thing_names import Names


@dataclass(frozen=True, slots=True)
class Preview:
    """effects: for whom what opens and closes. notes: what is worth a look. lines: as text."""

    effects: tuple[Effect, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    lines: tuple[str, ...]


@lru_cache(maxsize=4)
def preview(old: Held, new: Held) -> Preview:
    """Return what putting ``new`` in force in place of ``old`` would do."""
    names = Names(new.document, new.contents, old.document)
    earlier, later = old.survey, new.survey
    found = [*effects(earlier, later, names)]
    notes: list[str] = []
    was = {t.id: t.periods for t in old.contents.timetables}
    for timetable in new.contents.timetables:
        periods = was.get(timetable.id, was["default"])
        if periods == timetable.periods:
            continue
        bells = week_effects(later, later, names, periods, timetable.periods)
        found += [replace(e, said=_whose(timetable.id, e.said)) for e in bells]
        pairs = [gap for day in range(7)
                 for gap in gaps([p for p in timetable.periods if day in p.days])]  # fmt: skip
        notes += [
            f"Timetable {timetable.id}: between {one.name} and {other.name} no period runs. That "
            "time counts as closed."
            for one, other in dict.fromkeys(pairs)
        ]
    return Preview(
        tuple(found),
        differences(old.document, new.document),
        tuple(notes),
        text_lines(old.text, new.text),
    )


def _whose(timetable: str, said: str) -> str:
    return said if timetable == "default" else f"With the timetable {timetable}: {said}"
