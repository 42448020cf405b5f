"""The table of rules cannot lie: each cell is held against the engine."""

from __future__ import annotations

import pytest

from appliance.policy.model import Action, Ownership, PeriodKind, Target, TargetKind
from appliance.policy.snapshot import Snapshot
from appliance.policy.survey import Asker, Slot, Survey, plain
from appliance.policy.survey_scope import things
from appliance.policy_file import TEMPLATES, build, load, template_text
from appliance.policy_file.edit import with_item, with_value
from appliance.policy_file.load import EXAMPLE
from appliance.policy_file.rule_table import Row, table
from appliance.policy_file.slot_words import WHEN
from appliance.policy_file.thing_names import Names
from tests.builders import BUILT

DUFFIELD = template_text("duffield-meadows")


def made(text: str) -> tuple[Survey, tuple[Row, ...]]:
    document = load(text, "t")
    contents = plain(build.contents(document, version=1, built_at=BUILT))
    survey = Survey(Snapshot(contents), BUILT)
    return survey, table(survey, Names(document, contents))


def cell(rows: tuple[Row, ...], name: str, who: str) -> list[tuple[str, str]]:
    row = next(row for row in rows if row.name == name)
    found = next(c for c in (*row.cells, *row.others) if c.who == who)
    return [(line.condition, line.said) for line in found.lines]


@pytest.mark.parametrize(
    ("name", "who", "lines"),
    [
        ("Social media", "Pupils", [("", "Blocked always (6.1, 6.8).")]),
        ("Facebook and Instagram", "Pupils", [("", "Blocked always (7.1).")]),
        ("Social media", "Parents and visitors", [
            ("On school-owned devices", "Blocked always (6.9)."),
            ("On personal devices", "Blocked always (6.9); no request can open it.")]),
        ("Social media", "Staff", [
            ("On school-owned devices", "Blocked always (5.7, 5.8)."),
            ("On personal devices", "Blocked always (5.7, 5.10)."),
            ("On personal devices with the permission “School Wi-Fi for personal accounts”",
             "Allowed before school, at break, at lunch and after school (5.9). Blocked at all "
             "other times (5.7, 5.10).")]),
        ("Illegal content", "Staff",
         [("", "Blocked always, whoever asks: the law has no exceptions.")]),
        ("Encrypted resolvers, VPNs, web proxies and Tor", "Pupils",
         [("", "Blocked always (7.2), as a way round the filter.")]),
        ("Everything else", "Pupils", [("", "Allowed always: no rule speaks of it.")]),
    ],
)  # fmt: skip
def test_the_reference_policy_reads_like_sentences(
    name: str, who: str, lines: list[tuple[str, str]]
) -> None:
    assert cell(made(DUFFIELD)[1], name, who) == lines


@pytest.mark.parametrize("name", [*TEMPLATES, EXAMPLE])
def test_no_cell_says_otherwise_than_the_engine(name: str) -> None:
    survey, rows = made(template_text(name))
    by_target = {thing.target: thing for thing in things(survey.snapshot.contents)}
    checked = 0
    for row in rows:
        for found in row.cells:
            for target in row.targets:
                if target.kind is TargetKind.EVERYTHING:
                    continue
                for own in Ownership:
                    line = next((x for x in found.lines if own.value in x.condition
                                 and "permission" not in x.condition), found.lines[0])  # fmt: skip
                    for kind in PeriodKind:
                        answer = survey.answer(
                            Asker(found.role, own), by_target[target], Slot(kind)
                        )
                        assert _says(line.said, kind) is answer.action, (row.name, line, kind)
                        checked += 1
    assert checked > 100


@pytest.mark.parametrize("name", [*TEMPLATES, EXAMPLE])
def test_what_has_no_row_of_its_own_is_answered_like_the_row_above(name: str) -> None:
    survey, rows = made(template_text(name))
    shown = {target for row in rows for target in row.targets}
    contents = survey.snapshot.contents
    by_target = {thing.target: thing for thing in things(contents)}
    for thing in things(contents):
        if thing.target in shown:
            continue
        above = [Target(TargetKind.CATEGORY, id_) for id_ in survey.lineage(thing)]
        row = next((by_target[t] for t in above if t in shown and t != thing.target), None)
        for role in contents.roles:
            for kind in PeriodKind:
                asker = Asker(role.id, Ownership.PERSONAL)
                mine = survey.answer(asker, thing, Slot(kind))
                if row is None:
                    assert mine.action is Action.ALLOW
                else:
                    assert mine.effect == survey.answer(asker, row, Slot(kind)).effect


def test_groups_that_a_rule_names_get_a_line_of_their_own() -> None:
    text = with_value(DUFFIELD, ("groups", "3B", "name"), "Class 3B")
    rule = {"id": "y", "clause": "6.1", "action": "allow", "who": "group:3B",
            "what": "service:youtube", "when": "lesson"}  # fmt: skip
    rows = made(with_item(text, ("rules",), rule))[1]
    row = next(row for row in rows if row.name == "YouTube")
    said = [line.said for c in row.others if c.role == "pupil" for line in c.lines]
    assert said == ["Allowed in lessons (6.1). Blocked at all other times (6.8)."]
    assert {c.who for c in row.others} == {"Class 3B"}
    assert cell(rows, "YouTube", "Pupils") == [("", "Blocked always (6.1, 6.8).")]


def test_a_period_called_by_its_name_is_told_apart() -> None:
    rows = made(template_text(EXAMPLE))[1]
    assert cell(rows, "games.example", "Class 3B") == [
        ("", "Blocked during Story time (2). Allowed at all other times: no rule speaks of it.")
    ]


def _says(said: str, kind: PeriodKind) -> Action:
    """What a sentence of a cell says of a kind of period."""
    for sentence in said.split(". "):
        word = Action.ALLOW if sentence.startswith("Allowed") else Action.BLOCK
        if WHEN[kind] in sentence or "always" in sentence:
            return word
    last = said.split(". ")[-1]
    assert "at all other times" in last
    return Action.ALLOW if last.startswith("Allowed") else Action.BLOCK
