"""Running as somebody without power: what ``up --gateway``, started by root, gives its children.

By setpriv(1) of util-linux, which is on every Debian. Nobody but the door keeps anything of
root's, and the door keeps CAP_NET_ADMIN alone.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from appliance.cli.errors import InputError, warn

USUAL: Final = ("bellgate", "nobody")  # the first that this machine has
_PATIENCE: Final = 30.0  # seconds for the trial; a Pi takes three to load Python
_TRIAL: Final = """\
import os, sys, appliance.cli.run
data, *files = sys.argv[1:]
if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
    sys.exit(3)
sys.exit(0 if all(os.access(file, os.R_OK) for file in files) else 4)
"""


@dataclass(frozen=True, slots=True)
class User:
    """Whom the children run as."""

    name: str
    uid: int
    gid: int

    def words(self, *keeping: str) -> tuple[str, ...]:
        """Return the command line before a child's own. keeping: capabilities, as ``net_admin``."""
        kept = "".join(f",+{one}" for one in keeping)
        return (
            "setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups",
            "--no-new-privs", f"--inh-caps=-all{kept}", f"--ambient-caps=-all{kept}",
            f"--bounding-set=-all{kept}", "--",
        )  # fmt: skip

    def take(self, data: Path, *files: Path) -> None:
        """Take over a data directory. files: what else the user has to be able to read.

        Raises:
            InputError: it cannot; says what to change.
        """
        hand_over(data, self.uid, self.gid)
        try_out(self, data, *files)


def chosen(name: str | None) -> User:
    """Return the user asked for, or the usual one.

    Raises:
        InputError: there is no such user, or no setpriv.
    """
    if shutil.which("setpriv") is None:
        raise InputError("setpriv is missing: install the package util-linux")
    for one in (name,) if name else USUAL:
        try:
            found = pwd.getpwnam(one)
        except KeyError:
            continue
        return User(found.pw_name, found.pw_uid, found.pw_gid)
    raise InputError(f"--user: there is no user {name or ' or '.join(USUAL)!r} on this machine")


def try_out(user: User, data: Path, *files: Path) -> None:
    """Make sure that the user can run this program, work in the data directory and read files.

    Raises:
        InputError: it cannot; says what to change.
    """
    try:
        done = subprocess.run(
            [*user.words(), sys.executable, "-c", _TRIAL, str(data.absolute()),
             *(str(file.absolute()) for file in files)],
            capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"--user: nothing can be run as {user.name}: {error}") from error
    if done.returncode == 3:
        raise InputError(
            f"--user: {user.name} cannot reach {data.absolute()}: choose a data directory below "
            "one that everybody may enter (--data /var/lib/bellgate), or another user"
        )
    if done.returncode == 4:
        named = ", ".join(map(str, files))
        raise InputError(f"--user: {user.name} cannot read {named}: put it where everybody may")
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise InputError(
            f"--user: {user.name} cannot run {sys.executable} with Bellgate ({lines[-1]}): choose "
            "another user, or install Bellgate where everybody may read it"
        )


def hand_over(data: Path, uid: int, gid: int) -> None:
    """Give a data directory and all in it to a user. Links are not followed.

    Raises:
        OSError: it may not be given away.
    """
    for folder, folders, files in os.walk(data):
        for name in (".", *folders, *files):
            path = Path(folder, name)
            with contextlib.suppress(FileNotFoundError):  # a running gate takes files away
                found = path.lstat()
                if (found.st_uid, found.st_gid) != (uid, gid):
                    os.chown(path, uid, gid, follow_symlinks=False)


def keep_owner(data: Path) -> Callable[[], None]:
    """Return what gives all in a data directory to whoever it belongs to now, unless to root."""
    try:
        owner = data.stat()
    except OSError:
        return _nothing
    return partial(_give_back, data, owner.st_uid, owner.st_gid) if owner.st_uid else _nothing


def _give_back(data: Path, uid: int, gid: int) -> None:
    try:
        hand_over(data, uid, gid)
    except OSError as error:
        warn(f"{data}: not all could be given back to user {uid}: {error}")


def _nothing() -> None:
    return
