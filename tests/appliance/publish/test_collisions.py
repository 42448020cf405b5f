"""Which entries of lists are passed over, because no list closes what they name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance import policy_file
from appliance.policy.domains import Mark
from appliance.policy.hashed import digest_of
from appliance.policy.names import key_of
from appliance.policy.snapshot import Snapshot
from appliance.policy_file import build
from appliance.publish import listbuild
from appliance.publish.collisions import Collision, collisions
from appliance.publish.domainlist import opened
from appliance.publish.files import ListFiles

BUILT = datetime(2026, 11, 23, tzinfo=UTC)
SECRET = bytes(range(32))


def snapshot(place: Path, lists: dict[tuple[str, str], str], **more: object) -> Snapshot:
    place.mkdir(exist_ok=True)
    flows = [
        (source, sorted((key_of(name), Mark.BELOW) for name in names.split()))
        for source, names in sorted(lists.items())
    ]
    files = listbuild.build(place, "key", flows, least=2, most=3)
    contents = build.contents(policy_file.template("duffield-meadows"), version=1, built_at=BUILT)
    return Snapshot(replace(contents, **more), opened(place, files))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("category", "entry", "name", "closed"),
    [
        ("adult", "gov.uk", "gov.uk", False),
        ("adult", "www.gov.uk", "gov.uk", False),  # below it
        ("adult", "google.com", "dl.google.com", False),  # above it
        ("illegal", "www.gov.uk", "gov.uk", False),
        ("malware_phishing", "www.records.example", "records.example", False),
        ("illegal", "www.records.example", "records.example", True),
        ("adult", "mail.school.internal", "school.internal", False),
        ("adult", "www.childline.org.uk", "childline.org.uk", False),
        ("adult", "childrenscommissioner.gov.uk", "childrenscommissioner.gov.uk", False),
    ],
)
def test_where_lists_name_what_stays_open(
    tmp_path: Path, category: str, entry: str, name: str, closed: bool
) -> None:
    snap = snapshot(
        tmp_path, {(category, "L"): f"plain.example {entry} x.gov.uk.example"},
        local_domains=("school.internal",),
        never_block=("gov.uk", "dl.google.com", "records.example"),
    )  # fmt: skip
    assert Collision("L", name, entry, category, closed) in collisions(snap)
    assert {one.entry for one in collisions(snap)} == {entry}


def test_a_name_beside_an_exact_helpline_is_no_collision(tmp_path: Path) -> None:
    snap = snapshot(
        tmp_path, {("adult", "L"): "a.help.example help.example"}, never_block=(),
        sanctuary_domains=(), sanctuary_hosts=("help.example",),
    )  # fmt: skip
    assert collisions(snap) == (Collision("L", "help.example", "help.example", "adult"),)


def test_so_many_and_no_more(tmp_path: Path) -> None:
    names = " ".join(f"n{number}.gov.uk" for number in range(50))
    snap = snapshot(tmp_path, {("adult", "L"): names})
    assert len(collisions(snap)) == 50
    assert len(collisions(snap, most=7)) == 7


def test_a_list_that_keeps_its_names_tells_none(tmp_path: Path) -> None:
    digests = [(digest_of(SECRET, key_of("aqa.org.uk")), Mark.BELOW)]
    hashes = listbuild.build_hashes(tmp_path, [(("adult", "licensed"), digests)], SECRET)
    files = ListFiles("key", (), hashes)
    contents = build.contents(policy_file.template("duffield-meadows"), version=1, built_at=BUILT)
    found = collisions(Snapshot(contents, opened(tmp_path, files)))
    assert {(one.list_id, one.name, one.entry) for one in found} == {("licensed", "aqa.org.uk", "")}


def test_without_lists_there_is_none() -> None:
    contents = build.contents(policy_file.template("duffield-meadows"), version=1, built_at=BUILT)
    assert collisions(Snapshot(contents)) == ()
