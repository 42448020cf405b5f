"""A file that lists its clauses is held to the list, wherever it names one."""

from __future__ import annotations

import pytest

from appliance.policy_file import PolicyFileError, load, reference
from appliance.policy_file.references import CLAUSES

SMALL = """\
policy: {id: little, name: Little, short: LS, school: Little School REVIEW}
roles: {staff: {name: Staff, rank: 1}}
clauses: {'1': {text: One}}
"""
SPAN = "start: 2026-11-01, end: 2026-11-02"


def test_the_list_of_places_is_that_of_the_schema() -> None:
    known = {f.path for f in reference.fields() if f.path.endswith("clause")}
    assert set(CLAUSES) == known


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("policy.review_clause", ""),
        ("requests.clause", "requests: {clause: '2'}"),
        ("requests.due_clause", "requests: {due_clause: '2'}"),
        ("grants[0].clause",
         f"grants: [{{id: g, who: everyone, what: 'host:a.org', {SPAN}, clause: '2'}}]"),
        ("sanctions[0].clause", f"sanctions: [{{id: s, who: role:staff, {SPAN}, clause: '2'}}]"),
        ("monitoring.clause", "monitoring: {clause: '2'}"),
        ("monitoring.justification_clause", "monitoring: {justification_clause: '2'}"),
        ("monitoring.usage_clause", "monitoring: {usage_clause: '2'}"),
        ("concerns.clause", "concerns: {clause: '2'}"),
        ("concerns.routes.slt.clause", "concerns: {routes: {slt: {name: SLT, clause: '2'}}}"),
        ("unclassified_social.clause", "unclassified_social: {clause: '2'}"),
        ("permissions.wifi.clause", "permissions: {wifi: {name: Wi-Fi, clause: '2'}}"),
        ("working_hours.clause", "working_hours: {kinds: lesson, clause: '2'}"),
        ("illegal.clause", "illegal: {tell: dsl, notice: N, clause: '2'}"),
        ("unsuitable.clause", "unsuitable: {tell: dsl, notice: N, clause: '2'}"),
        ("circumvention.clause", "circumvention: {roles: staff, clause: '2'}"),
    ],
)  # fmt: skip
def test_a_clause_that_is_not_there(field: str, text: str) -> None:
    small = SMALL.replace(" REVIEW", "" if text else ", review_clause: '2'")
    with pytest.raises(PolicyFileError) as caught:
        load(small + text, "p.yaml")
    (said,) = map(str, caught.value.mistakes)
    line = 4 if text else 1
    assert said == f"p.yaml:{line}: {field}: there is no clause '2'; there are: 1"
    load(small.replace("'2'", "'1'") + text.replace("'2'", "'1'"), "p.yaml")
