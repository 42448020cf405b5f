"""Running as somebody without power: real users, real processes, real files."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.cli import as_user
from appliance.cli.errors import InputError

root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it gives power up")
NOBODY = pwd.getpwnam("nobody")
SHOW = (
    "import os; print(os.getuid(), os.getgid(), os.getgroups(), open('/proc/self/status').read())"
)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, as pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="bellgate-user-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@root
@pytest.mark.parametrize(("keeping", "power"), [((), 0), (("net_admin",), 1 << 12)])
@pytest.mark.parametrize("name", ["nobody", "root"])
def test_all_power_is_given_up_but_what_is_kept(
    name: str, keeping: tuple[str, ...], power: int
) -> None:
    words = as_user.chosen(name).words(*keeping)
    said = subprocess.run(
        [*words, "/usr/bin/env", "cat", "/proc/self/status"], capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    fields = dict(line.split(":", 1) for line in said.splitlines())
    for kind in ("CapEff", "CapPrm", "CapBnd"):
        assert int(fields[kind], 16) == power
    assert fields["NoNewPrivs"].strip() == "1"
    assert fields["Uid"].split() == [str(pwd.getpwnam(name).pw_uid)] * 4
    assert fields["Groups"].split() == []


def test_a_user_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match=r"--user: there is no user 'nobody-of-that-name'"):
        as_user.chosen("nobody-of-that-name")


def test_by_default_it_is_somebody_without_rights() -> None:
    assert as_user.chosen(None).name in as_user.USUAL


@root
def test_a_folder_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    user = as_user.chosen("nobody")
    if subprocess.run([*user.words(), sys.executable, "-c", "import appliance.cli.run"],
                      check=False, capture_output=True).returncode:  # fmt: skip
        pytest.skip("nobody may not read this program here")
    with pytest.raises(InputError, match=r"nobody cannot reach .*closed/data"):
        user.take(closed / "data")


@root
def test_a_program_that_cannot_be_read_is_named(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = open_folder / "python"
    hidden.symlink_to(sys.executable)
    (open_folder / "closed").mkdir(mode=0o700)
    hidden = hidden.rename(open_folder / "closed" / "python")
    monkeypatch.setattr(sys, "executable", str(hidden))
    with pytest.raises(InputError, match=r"--user: nobody cannot run .*closed/python"):
        as_user.try_out(as_user.chosen("nobody"), open_folder)


@root
def test_all_of_a_folder_is_handed_over_and_no_link_followed(open_folder: Path) -> None:
    data, outside = open_folder / "data", open_folder / "outside"
    (data / "run").mkdir(parents=True)
    (data / "run" / "file").touch()
    outside.touch()
    (data / "link").symlink_to(outside)
    as_user.hand_over(data, NOBODY.pw_uid, NOBODY.pw_gid)
    for path in (data, data / "run", data / "run" / "file", data / "link"):
        assert path.lstat().st_uid == NOBODY.pw_uid
    assert outside.stat().st_uid == 0


@root
def test_what_root_makes_in_somebody_s_folder_is_given_to_them(open_folder: Path) -> None:
    data = open_folder / "data"
    data.mkdir()
    os.chown(data, NOBODY.pw_uid, NOBODY.pw_gid)
    finish = as_user.keep_owner(data)
    (data / "made").touch()
    finish()
    assert (data / "made").stat().st_uid == NOBODY.pw_uid


def test_one_s_own_folder_and_none_at_all_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "made").touch()
    as_user.keep_owner(tmp_path)()
    as_user.keep_owner(tmp_path / "missing")()
    assert (tmp_path / "made").stat().st_uid == os.geteuid()
