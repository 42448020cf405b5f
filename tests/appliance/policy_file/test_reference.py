from __future__ import annotations

import pytest

from appliance.policy_file import TEMPLATES, template_text
from appliance.policy_file.reference import fields

KNOWN = {field.path: field for field in fields()}


@pytest.mark.parametrize(
    ("path", "takes", "required"),
    [
        ("policy", "section", True),
        ("policy.next_review", "date", False),
        ("rules", "sections", False),
        ("rules.*.action", "allow | block", True),
        ("rules.*.who", "text, one or more", False),
        ("rules.*.grants", "allowed | never", False),
        ("rules.*.urls.*.path", "text", False),
        ("roles.*.rank", "number or time of day", True),
        ("grants.*.end", "time", True),
        ("rules.*.monitor", "true or false", False),
        ("categories.*.class", "ordinary | unsuitable | illegal | circumvention", False),
    ],
)
def test_a_field_says_what_it_takes(path: str, takes: str, required: bool) -> None:
    found = KNOWN[path]
    assert (found.takes, found.required) == (takes, required)


def test_no_field_is_listed_twice() -> None:
    assert len(KNOWN) == len(fields())


def test_sections_say_what_they_are_for() -> None:
    silent = [f.path for f in fields() if f.takes.startswith("section") and not f.about]
    assert silent == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_section_that_the_templates_use_is_listed(name: str) -> None:
    used = {line.partition(":")[0] for line in template_text(name).splitlines()
            if line[:1].isalpha()}  # fmt: skip
    assert used <= set(KNOWN)
    assert used
