"""A policy file is read from a file, and no further than a policy can be long."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from appliance.cli import main, sources
from appliance.cli.errors import InputError
from appliance.policy_file.reading import MAX_CHARACTERS


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes("# “Öffnung”\r\npolicy:\n".encode())
    assert sources.text_of(None, file) == "# “Öffnung”\npolicy:\n"


def test_an_endless_device_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="/dev/zero: not a file"):
        sources.text_of(None, Path("/dev/zero"))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="pipe: not a file"):
        sources.text_of(None, pipe)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises((InputError, IsADirectoryError)):
        sources.text_of(None, tmp_path)


@pytest.mark.parametrize("letter", ["x", "ö"])
def test_the_longest_file_is_read_and_one_character_more_is_not(
    tmp_path: Path, letter: str
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(letter * MAX_CHARACTERS, encoding="utf-8")
    assert len(sources.text_of(None, file)) == MAX_CHARACTERS
    file.write_text(letter * (MAX_CHARACTERS + 1), encoding="utf-8")
    with pytest.raises(InputError, match="longer than 400,000 characters"):
        sources.text_of(None, file)


def test_a_file_of_other_bytes(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"policy: \xff\n")
    with pytest.raises(InputError, match="not a text file in UTF-8"):
        sources.text_of(None, file)


def test_the_command_says_so_and_exits_with_2() -> None:
    result = CliRunner().invoke(main, ["policy", "check", "/dev/zero"])
    assert result.exit_code == 2
    assert "/dev/zero: not a file" in result.output
