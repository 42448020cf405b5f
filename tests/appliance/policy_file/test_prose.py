"""A policy in plain English: a sentence for each rule, its clause beside it."""

from __future__ import annotations

import pytest

from appliance.policy_file import TEMPLATES, PolicyDocument, load, prose, template

HEAD = """\
policy: {id: little, name: Little, short: LS, school: Little School}
roles:
  staff: {name: Member of staff, plural: staff, rank: 1}
  pupil: {name: Pupil, plural: pupils, rank: 5}
  boss: {name: The head, rank: 0}
groups: {y6: {name: Year 6}}
people: {jo: {name: The art teacher, role: staff}}
devices: {cart: {name: iPad cart}}
networks: {hall: {name: Hall, prefixes: 10.0.0.0/8, role: pupil}}
permissions: {wifi: {name: School Wi-Fi}}
rules:
"""


def document(*rules: str) -> PolicyDocument:
    lines = [f"  - {{id: r{i}, clause: c, {rule}}}" for i, rule in enumerate(rules)]
    return load(HEAD + "\n".join(lines), "p.yaml")


def said(*rules: str) -> str:
    return prose.explain(document(*rules))[0][1]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("action: block, who: role:staff, what: category:social_media, when: lesson",
         "Staff may not use social media in lessons."),
        ("action: block, what: [service:facebook, service:instagram]",
         "Nobody may use Facebook or Instagram at any time."),
        ("action: allow, who: [role:staff, role:pupil, role:boss], what: service:youtube, "
         "when: [break, lunch, before_school]",
         "Staff, pupils and The head may use YouTube at break, at lunch and before school; "
         "it is recorded."),
        ("action: allow, who: group:y6, what: 'url:x.com/a', when: Lesson 1, monitor: false",
         "Year 6 may use x.com/a during Lesson 1."),
        ("action: block, who: person:jo, what: host:x.com, ownership: school, when: after_school",
         "The art teacher may not use x.com on school-owned devices after school."),
        ("action: block, who: device:cart, what: everything, when: closed",
         "The device iPad cart may not use anything online while school is closed."),
        ("action: block, who: network:hall, what: category:vpn, grants: never",
         "Anyone on the network Hall may not use VPNs at any time; no permission can open it."),
        ("action: allow, what: everything, permission: wifi, ownership: personal, monitor: false",
         "Everyone may use anything online on personal devices at any time with the permission "
         "“School Wi-Fi”."),
        ("action: block, what: service:wikipedia_editing, doing: edit Wikipedia",
         "Nobody may edit Wikipedia at any time."),
        ("action: block, urls: [{hosts: x.com, path: /post, query: {a: [b, c]}, methods: POST}]",
         "Nobody may use x.com/post with a=b or c by POST at any time."),
    ],
)  # fmt: skip
def test_a_rule_is_one_sentence(rule: str, sentence: str) -> None:
    assert said(rule) == sentence


@pytest.mark.parametrize(
    ("other", "excepted"),
    [
        ("action: allow, what: service:x, when: break", True),
        ("action: allow, what: service:x, who: role:staff, when: break", False),  # other people
        ("action: allow, what: service:youtube, when: break", False),  # another thing
        ("action: allow, what: service:x", False),  # no more conditions: the block wins
        ("action: block, what: service:x, when: break", False),
    ],
)
def test_a_broad_block_says_that_it_has_exceptions(other: str, excepted: bool) -> None:
    assert said("action: block, what: service:x", other).endswith(
        "at any time, unless another line allows it." if excepted else "at any time."
    )


def test_an_exception_at_another_time_or_on_other_devices_is_none() -> None:
    allow = "action: allow, what: service:x, when: break, ownership: personal"
    assert "unless" not in said("action: block, what: service:x, when: lesson", allow)
    assert "unless" not in said("action: block, what: service:x, ownership: school", allow)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_rule_has_one_sentence_and_a_clause(name: str) -> None:
    policy = template(name)
    lines = prose.explain(policy)
    assert [rule for _, _, rule in lines][: len(policy.rules)] == [r.id for r in policy.rules]
    for clause, sentence, _ in lines:
        assert clause
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


def test_what_settings_carry_out_is_said_too() -> None:
    lines = {rule: (clause, text) for clause, text, rule in prose.explain(template(TEMPLATES[1]))}
    assert lines["circumvention"][0] == "23"
    assert lines["official-facebook"][1].startswith("Only social media managers may open")
    assert "treated as social media" in lines["unclassified-social"][1]


@pytest.mark.parametrize(
    ("section", "said"),
    [("{roles: pupil, clause: '8'}", {"circumvention": "P may not use ways round the gate (VPNs, "
                                       "web proxies, Tor, other resolvers)."}),
     ("{answered_only: pupil, clause: '8'}", {"answered-only": "P reach only addresses that the "
                                               "school’s own name service gave them (gateway "
                                               "mode)."}),
     ("{clause: '8'}", {})],
)  # fmt: skip
def test_ways_round_are_said_for_whom_they_are_closed(section: str, said: dict[str, str]) -> None:
    text = (f"policy: {{id: a, name: A, short: A, school: A}}\nclauses: {{'8': {{text: T}}}}\n"
            f"roles: {{pupil: {{name: P, rank: 1}}}}\ncircumvention: {section}\n")  # fmt: skip
    lines = {rule: text for _, text, rule in prose.explain(load(text, "p"))}
    assert {rule: lines[rule] for rule in lines if rule in ("circumvention", "answered-only")} == (
        said
    )
