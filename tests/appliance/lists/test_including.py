"""v2fly's includes: followed beside the file where a person named it, never elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.lists import including
from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.lists.load import lines_of
from appliance.policy.names import name_of


def names(path: Path, *, beside: bool = True) -> tuple[list[str], int]:
    """Return the names of a list and how many lines were refused."""
    with (
        lines_of(path, Format.V2FLY, beside=beside) as lines,
        gather(lines, Format.V2FLY, path.parent) as found,
    ):
        return [name_of(key) for key, _, _ in found.items()], found.refused


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder as v2fly's ``data``."""
    files = {
        "social": "include:tiktok\ninclude:meta @ads\nx.example\ninclude:gone\n",
        "tiktok": "tiktok.example\nfull:ads.tiktok.example @ads\ninclude:social\n",
        "meta": "meta.example\nads.meta.example @ads\ninclude:insta\n",
        "insta": "insta.example\nads.insta.example @ads @cn\n",
        "without": "include:insta @-ads\n",
        "outside": "include:../secret\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_includes_are_followed_once_and_by_attribute(data: Path) -> None:
    found, refused = names(data / "social")
    assert sorted(found) == [
        "ads.insta.example", "ads.meta.example", "ads.tiktok.example", "tiktok.example",
        "x.example",
    ]  # fmt: skip
    assert refused == 1  # the list that is not there
    assert names(data / "without") == (["insta.example"], 0)


def test_its_own_lines_keep_their_numbers(data: Path) -> None:
    with (
        lines_of(data / "social", Format.V2FLY, beside=True) as lines,
        gather(lines, Format.V2FLY, data) as found,
    ):
        lines_by_name = {name_of(key): line for key, _, line in found.items()}
    assert lines_by_name["x.example"] == 3
    assert lines_by_name["tiktok.example"] == 5  # the first line after its own four


def test_what_was_fetched_chooses_no_files(data: Path) -> None:
    assert names(data / "social", beside=False) == (["x.example"], 3)


def test_no_file_outside_the_folder_is_named(data: Path) -> None:
    (data.parent / "secret").write_text("secret.example\n")
    assert names(data / "outside") == ([], 1)


def test_a_link_beside_it_is_not_followed(data: Path) -> None:
    (data / "linked").symlink_to("/etc/hostname")
    (data / "taker").write_text("include:linked\n")
    with pytest.raises(OSError, match="symbolic link"):
        names(data / "taker")


def test_too_many_are_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(including, "MOST", 3)
    with pytest.raises(ValueError, match="more than 3 other lists"):
        names(data / "social")
