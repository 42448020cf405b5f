"""The kernel's switches for routing: on once the rules hold, and put back at the end.

Fails closed: until the door says that the rules are in the kernel nothing is forwarded that
was not before. What was found is written down first, so that a gate that was killed does not
take its own settings for the machine's. It lies where root alone may write, and is gone with a
restart of the machine as the settings are: what it says goes into the kernel.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from appliance.cli.as_user import files_as

SWITCHES: Final = ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")
PROC: Final = Path("/proc/sys")
# The first that can be used; each is made for root alone, or refused.
FOLDERS: Final = (Path("/run/bellgate"), Path("/dev/shm/bellgate"))  # noqa: S108
VALUES: Final = ("0", "1", "2")
_LONGEST: Final = 4096  # bytes of the file

log = logging.getLogger(__name__)


class Forwarding:
    """The switches, and how they stood before."""

    def __init__(self, uplink: str, folders: Sequence[Path] = FOLDERS, proc: Path = PROC) -> None:
        self._folders, self._proc = folders, proc
        self._uplink = f"net/ipv6/conf/{uplink}/accept_ra"
        self.on = False

    def switch_on(self) -> None:
        """Make a router of this machine.

        Raises:
            OSError: the kernel lets nobody, or there is no safe place to remember how the
                switches stood; nothing is forwarded then that was not before.
        """
        wanted = dict.fromkeys(SWITCHES, "1")
        if self._read(self._uplink) in ("1", "2"):
            wanted[self._uplink] = "2"  # a router hears of its own way out only with 2
        now = {name: value for name in wanted if (value := self._read(name)) is not None}
        with self._folder() as folder:
            earlier = _remembered(folder)
            # What stands otherwise than we leave it, somebody else has put since.
            before = {
                name: earlier.get(name, value) if value == wanted[name] else value
                for name, value in now.items()
            }
            _remember(folder, before)
        for name in reversed(now):  # accept_ra before the route is lost
            (self._proc / name).write_text(wanted[name], encoding="ascii")
        self.on = True

    def put_back(self) -> None:
        """Make this machine what it was. What cannot be put back is said."""
        try:
            with self._folder() as folder:
                self._restore(_remembered(folder))
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(_name(), dir_fd=folder)
        except OSError as error:
            if self.on:
                log.error("how this machine routed before is not known: %s", error)
        self.on = False

    def _restore(self, before: dict[str, str]) -> None:
        for name in (*SWITCHES, self._uplink):
            try:
                if name in before:
                    (self._proc / name).write_text(before[name], encoding="ascii")
            except OSError as error:
                log.error("%s cannot be put back to %s: %s", name, before[name], error)

    def _read(self, name: str) -> str | None:
        try:
            return (self._proc / name).read_text(encoding="ascii").strip()
        except OSError:
            return None  # no IPv6 here, or no such interface

    @contextlib.contextmanager
    def _folder(self) -> Iterator[int]:
        """Open the first folder that can be used, with root's rights.

        Raises:
            OSError: none can; says why of the last.
        """
        with files_as(os.geteuid(), os.getegid()):
            found = _first(self._folders)
            try:
                yield found
            finally:
                os.close(found)


def _first(folders: Sequence[Path]) -> int:
    refused = OSError("there is no folder to remember it in")
    for path in folders:
        try:
            return _safe(path)
        except OSError as error:
            refused = error
    raise refused


def _safe(path: Path) -> int:
    """Open a folder in which nobody else can put anything. Fails closed: refuses any other.

    Raises:
        OSError: it cannot be made, is a link, or somebody else may write there.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    found = os.fstat(folder)
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        os.close(folder)
        raise PermissionError(f"{path}: is not root's alone (chown root, chmod 0700)")
    return folder


def _name() -> str:
    """Return the file's name: each network namespace has switches of its own."""
    return f"forwarding-{Path('/proc/self/ns/net').stat().st_ino}.json"


def _remember(folder: int, before: dict[str, str]) -> None:
    """Write down, whole or not at all."""
    draft = f"{_name()}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o600, dir_fd=folder), "w", encoding="utf-8") as file:
        json.dump(before, file)
    os.replace(draft, _name(), src_dir_fd=folder, dst_dir_fd=folder)


def _remembered(folder: int) -> dict[str, str]:
    """Return how the switches stood; what is no value of theirs counts for nothing."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(_name(), flags, dir_fd=folder), "rb") as file:
            said = json.loads(file.read(_LONGEST))
        return {name: value for name, value in said.items() if value in VALUES}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
