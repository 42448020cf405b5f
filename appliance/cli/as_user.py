"""Running as somebody without power: what ``up --gateway``, started by root, gives its children.

By setpriv(1) of util-linux, which is on every Debian. The door keeps CAP_NET_ADMIN alone, and a
DHCP server what it answers broadcasts with. The supervisor stays root, to start parts again and
to switch routing, but opens and makes files with the user's rights (setfsuid(2)): what is put in
the data directory, a link for one, leads it nowhere that the user could not go.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from appliance.cli.errors import InputError, warn

USUAL: Final = ("bellgate", "nobody")  # the first that this machine has
_PATIENCE: Final = 30.0  # seconds for the trial; a Pi takes three to load Python
_SHARED: Final = (
    "WARNING: there is no user {own} on this machine, so everything runs as {one}. Whatever else "
    "runs as {one} here can read and change all that this gate keeps, passwords and keys of the "
    "web pages among it. Make a user of its own: adduser --system --group --no-create-home {own}"
)
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
            OSError: it cannot be made or given away.
        """
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        hand_over(data, self.uid, self.gid)
        try_out(self, data, *files)

    @contextlib.contextmanager
    def files(self) -> Iterator[None]:
        """Open and make files as this user until the end, in all threads begun from here.

        Raises:
            OSError: the kernel does not let us; nothing is done then.
        """
        groups = os.getgroups()
        os.setgroups([])
        try:
            with files_as(self.uid, self.gid):
                yield
        finally:
            os.setgroups(groups)


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
        if name is None and one != USUAL[0]:
            warn(_SHARED.format(one=one, own=USUAL[0]))
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
    # By open folders, never by paths: whoever owns them may put a link in one's place meanwhile.
    for _, folders, files, here in os.fwalk(data):
        for name in (".", *folders, *files):
            with contextlib.suppress(FileNotFoundError):  # a running gate takes files away
                found = os.stat(name, dir_fd=here, follow_symlinks=False)
                if (found.st_uid, found.st_gid) != (uid, gid):
                    os.chown(name, uid, gid, dir_fd=here, follow_symlinks=False)


@contextlib.contextmanager
def files_as(uid: int, gid: int) -> Iterator[None]:
    """Open and make files with this user's rights, in this thread and in those it starts.

    The rest of root's power stays, and programs that are started have all of it.

    Raises:
        OSError: the kernel does not let us. Fails closed: nothing is done with other rights.
    """
    before = _file_rights(uid, gid)
    try:
        yield
    finally:
        _file_rights(*before)


def _file_rights(uid: int, gid: int) -> tuple[int, int]:
    """Take the rights and return those of before: setfsuid(2), setfsgid(2)."""
    libc = ctypes.CDLL(None)
    calls = ((libc.setfsuid, uid), (libc.setfsgid, gid))
    before = [int(call(ctypes.c_uint32(number))) for call, number in calls]
    # They do not say whether they failed: no user has the number -1, and asking for it tells.
    if [int(call(ctypes.c_uint32(-1))) for call, _ in calls] != [uid, gid]:
        for (call, _), number in zip(calls, before, strict=True):
            call(ctypes.c_uint32(number))
        raise PermissionError(f"files cannot be opened as user {uid}, group {gid}")
    return before[0], before[1]


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
