"""YAML without its surprises; whatever the text, a document or mistakes, never anything else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.policy.snapshot import Snapshot
from appliance.policy_file import (
    TEMPLATES,
    PolicyDocument,
    PolicyFileError,
    build,
    load,
    prose,
    template_text,
)

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
SMALL = "policy: {id: little, name: Little, short: LS, school: S}\nroles: {a: {name: A, rank: 1}}\n"


def mistakes(text: str) -> list[str]:
    """Return the mistakes of a text."""
    with pytest.raises(PolicyFileError) as caught:
        load(text, "p.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "p.yaml:1: the file: is not a policy"),
        ("- a\n", "p.yaml:1: the file: is not a policy"),
        ("policy", "p.yaml:1: the file: is not a policy"),
        ("policy: [a\nroles: b\n", "p.yaml:2: the file: not YAML: "),
        ("a: b\n c: d\n", "p.yaml:2: the file: not YAML: "),
        ("a:\n\tb: c\n", "p.yaml:2: the file: not YAML: "),
        ("a: b\n\x07", "p.yaml:2: the file: not YAML: a character that text cannot hold (#7)"),
        ("a: b\n---\nc: d\n", "p.yaml:2: the file: holds a second document"),
        ("a: &x [1]\nb: *x\n", "p.yaml:2: b: aliases (`*name`) are not read here"),
        ("a: !!python/object:os.system x\n", "p.yaml:1: a: tags (`!name`) are not read here"),
        ("? [a]\n: b\n", "p.yaml:1: the file: a key is a word, not a list"),
        ("a: " + "[" * 50 + "]" * 50, f"p.yaml:1: a{'[0]' * 15}: is nested more than 16 deep"),
        ("a: " + "[" * 100_000, "p.yaml:1: a" + "[0]" * 15 + ": is nested more than 16 deep"),
        ("#" * 400_001, "p.yaml:1: the file: has 400001 characters, at most 400000"),
    ],
)
def test_what_is_no_policy_file(text: str, said: str) -> None:
    assert any(mistake.startswith(said) for mistake in mistakes(text)), mistakes(text)


def test_a_billion_laughs_stay_small() -> None:
    lines = ["a: &a [lol, lol]"]
    lines += [f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]" for i in range(20)]
    assert "aliases (`*name`) are not read here" in "\n".join(mistakes("\n".join(lines)))


WORDS = st.sampled_from(
    ["policy", "roles", "rules", "id", "who", "role:staff", "lesson", "08:50", "no", "{", "}", "[",
     "]", ":", "-", "- ", "\n", "\n  ", "&a", "*a", "!x", "'", '"', "|", "#", ",", "?", "~", "%"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.lists(WORDS).map("".join)))
def test_any_text_is_a_document_or_mistakes(text: str) -> None:
    for whole in (text, SMALL + text):
        try:
            assert isinstance(load(whole, "p.yaml"), PolicyDocument)
        except PolicyFileError as error:
            assert error.mistakes
            assert all(m.file == "p.yaml" and m.line >= 1 and m.message for m in error.mistakes)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A template with a few lines left out, doubled or changed."""
    lines = template_text(draw(st.sampled_from(TEMPLATES))).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(["drop", "double", "shift", "cut", "odd"]))
        line = lines[place]
        lines[place : place + 1] = {
            "drop": [], "double": [line, line], "shift": [f"  {line}"],
            "cut": [line[: len(line) // 2]], "odd": [line.replace(":", draw(WORDS), 1)],
        }[change]  # fmt: skip
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(damaged())
def test_a_damaged_template_is_a_document_or_mistakes(text: str) -> None:
    try:
        document = load(text, "p.yaml")
        Snapshot(build.contents(document, version=1, built_at=BUILT))  # what loads, builds
        assert prose.explain(document)
    except PolicyFileError as error:
        last = len(text.splitlines()) + 1
        assert all(1 <= mistake.line <= last for mistake in error.mistakes)
