"""Running as somebody without power: real users, real processes, real files."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def test_nobody_by_default_is_warned_of_and_nobody_by_name_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(as_user, "USUAL", ("bellgate-of-no-machine", "nobody"))
    assert as_user.chosen(None).name == "nobody"
    said = capsys.readouterr().err
    assert said.startswith("WARNING: ")
    assert "adduser --system --group --no-create-home bellgate-of-no-machine" in said
    as_user.chosen("nobody")
    monkeypatch.setattr(as_user, "USUAL", ("nobody", "bellgate"))
    as_user.chosen(None)
    assert capsys.readouterr().err == ""


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


@root
def test_a_folder_that_turns_into_a_link_meanwhile_leads_nowhere(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, outside = open_folder / "data", open_folder / "outside"
    for folder in (data / "run", outside):
        folder.mkdir(parents=True)
        for name in "ab":
            (folder / name).touch()
    chown = os.chown

    def swap(path: str, *ids: int, **more: Any) -> None:
        chown(path, *ids, **more)
        if Path(path).name in ("a", "b") and not (data / "run").is_symlink():
            (data / "run").rename(data / "old")
            (data / "run").symlink_to(outside)

    monkeypatch.setattr(os, "chown", swap)
    as_user.hand_over(data, NOBODY.pw_uid, NOBODY.pw_gid)
    assert {path.stat().st_uid for path in outside.iterdir()} == {0}


@root
def test_files_are_opened_as_the_user_in_every_thread_and_root_is_root_again(
    open_folder: Path,
) -> None:
    data, secret = open_folder / "data", open_folder / "secret"
    data.mkdir()
    secret.write_text("root's")
    secret.chmod(0o600)
    (data / "link").symlink_to(secret)
    (data / "new").symlink_to(open_folder / "made")
    user = as_user.User("nobody", NOBODY.pw_uid, NOBODY.pw_gid)
    user_groups = os.getgroups()
    as_user.hand_over(data, user.uid, user.gid)
    refused: list[str] = []

    def attempt() -> None:
        for name in ("link", "new"):
            try:
                (data / name).write_text("nobody's")
            except PermissionError:
                refused.append(name)
        (data / "own").write_text("nobody's")

    with user.files():
        attempt()
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
        with as_user.files_as(0, 0):
            assert secret.read_text() == "root's"
        attempt()
        child = subprocess.run(["cat", str(secret)], capture_output=True, text=True, check=True)
    assert refused == ["link", "new"] * 3
    assert child.stdout == "root's", "what is started begins with all of root's power"
    assert not (open_folder / "made").exists()
    assert ((data / "own").stat().st_uid, (data / "own").stat().st_gid) == (user.uid, user.gid)
    assert secret.read_text() == "root's"
    assert os.getgroups() == user_groups


def test_rights_that_the_kernel_does_not_give_are_not_taken_for_given() -> None:
    script = (
        "import os, sys\nfrom appliance.cli.as_user import files_as\n"
        "if os.geteuid() == 0:\n    os.setresgid(*[65534] * 3)\n    os.setresuid(*[65534] * 3)\n"
        "try:\n    with files_as(0, 0): sys.exit(1)\n"
        "except PermissionError as error: print(error)"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "files cannot be opened as user 0, group 0\n")
