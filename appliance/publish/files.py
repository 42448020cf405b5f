"""Snapshot files: what lies in ``DIR/snapshot``, written whole and read back only if whole.

- ``NNNNNNNNNN.snapshot``: one line ``bellgate-snapshot FORMAT SHA256``, then the contents
  and the names of the list files as JSON, which the checksum covers. Never changed.
- ``lists-SHA.trie`` and ``lists-SHA.ids``: see ``shard``; ``lists-SHA.hashes`` and
  ``lists-SHA.secret`` (mode 0600): see ``hashes``. Named by their checksums, so a snapshot
  with the same lists uses the same files.
- ``current``: names the snapshot in force and its checksum; replaced by one rename.

Every file is written beside its place, synced and renamed, then the directory is synced:
after a power cut there is the old state or the new one.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from appliance.policy.snapshot import Contents

FORMAT: Final = 1
POINTER: Final = "current"
KEPT: Final = 3  # snapshots kept: the one in force, the last good one, one to spare
_MAGIC: Final = "bellgate-snapshot"
_POINTER_MAGIC: Final = "bellgate-current"
_NAME: Final = re.compile(r"[0-9]{10}\.snapshot")
_LISTS_NAME: Final = re.compile(r"lists-[0-9a-f]{64}\.(trie|ids|hashes|secret)")
_LONGEST_FIRST_LINE: Final = 200
_CHUNK: Final = 1 << 20


class BadSnapshotError(ValueError):
    """A file is damaged, cut short, or of a format this program does not know."""


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """The two files of a run of names. start: the first key. made_of, trie, ids: SHA-256, hex."""

    start: str
    made_of: str
    trie: str
    ids: str

    def names(self) -> tuple[str, str]:
        """Return the names of the files."""
        return f"lists-{self.trie}.trie", f"lists-{self.ids}.ids"


@dataclass(frozen=True, slots=True)
class HashFiles:
    """The two files of the lists that keep their names to themselves: SHA-256, hex."""

    hashes: str
    secret: str

    def names(self) -> tuple[str, str]:
        """Return the names of the files."""
        return f"lists-{self.hashes}.hashes", f"lists-{self.secret}.secret"


@dataclass(frozen=True, slots=True)
class ListFiles:
    """The list files of a snapshot. key: what they were built of. shards: by their start."""

    key: str
    shards: tuple[ShardFiles, ...] = ()
    hashes: HashFiles | None = None

    def names(self) -> tuple[str, ...]:
        """Return the names of all the files."""
        parts = (*self.shards, *((self.hashes,) if self.hashes else ()))
        return tuple(name for part in parts for name in part.names())


@dataclass(frozen=True, slots=True)
class Published:
    """What one snapshot file holds."""

    contents: Contents
    lists: ListFiles | None = None


_encoder: Final = msgspec.json.Encoder(order="deterministic")
_decoder: Final = msgspec.json.Decoder(Published)


def name_of(version: int) -> str:
    """Return the file name of a version."""
    return f"{version:010d}.snapshot"


def write(directory: Path, published: Published) -> str:
    """Write a snapshot file and return its name; nothing enforces it before ``point``.

    Raises:
        OSError: the disk is full or cannot be written; nothing has changed then.
    """
    body = _encoder.encode(published)
    line = f"{_MAGIC} {FORMAT} {hashlib.sha256(body).hexdigest()}\n"
    name = name_of(published.contents.version)
    replace(directory / name, line.encode() + body)
    return name


def point(directory: Path, name: str) -> None:
    """Put a written snapshot in force, in one step, for every process at once."""
    checksum = _checked(directory / name)[0]
    line = f"{_POINTER_MAGIC} {FORMAT} {name} {checksum}\n"
    replace(directory / POINTER, line.encode())


def read(path: Path) -> Published:
    """Return what a snapshot file holds.

    Raises:
        BadSnapshotError: damaged, cut short, of another format, or not under its own name.
        OSError: it cannot be read.
    """
    return _decoded(path, _checked(path)[1])


def read_current(directory: Path) -> Published:
    """Return the snapshot in force.

    Raises:
        BadSnapshotError: the pointer or the snapshot is damaged, or they do not fit.
        OSError: one of them is missing or cannot be read.
    """
    text = (directory / POINTER).read_bytes().decode("ascii", errors="replace")
    words = text.removesuffix("\n").split(" ")
    if text[-1:] != "\n" or words[:2] != [_POINTER_MAGIC, str(FORMAT)] or len(words) != 4:
        raise BadSnapshotError(f"{directory / POINTER} does not name a snapshot")
    if not _NAME.fullmatch(words[2]):
        raise BadSnapshotError(f"{directory / POINTER} names {words[2]!r}")
    checksum, body = _checked(directory / words[2])
    if checksum != words[3]:
        raise BadSnapshotError(f"{words[2]} is not the snapshot that {POINTER} was made for")
    return _decoded(directory / words[2], body)


def versions(directory: Path) -> tuple[int, ...]:
    """Return the versions that lie in a directory, newest first, whole or not."""
    found = (entry.name for entry in os.scandir(directory) if _NAME.fullmatch(entry.name))
    return tuple(sorted((int(name[:10]) for name in found), reverse=True))


def prune(directory: Path, *, kept: int = KEPT) -> None:
    """Remove all but the newest snapshots, the list files none of them names, and drafts."""
    needed: set[str] = {POINTER}
    for version in versions(directory)[:kept]:
        needed.add(name_of(version))
        try:
            lists = read(directory / name_of(version)).lists
        except (BadSnapshotError, OSError):
            continue
        needed.update(lists.names() if lists else ())
    for entry in tuple(os.scandir(directory)):
        ours = _NAME.fullmatch(entry.name) or _LISTS_NAME.fullmatch(entry.name)
        if (ours or entry.name.endswith(".new")) and entry.name not in needed:
            (directory / entry.name).unlink(missing_ok=True)


def checksum_in(name: str) -> str:
    """Return the SHA-256 that the name of a list file promises."""
    return name.partition("-")[2].partition(".")[0]


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex.

    Raises:
        OSError: it is missing or cannot be read.
    """
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def replace(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Put a file in place whole: written beside, synced, renamed, its directory synced.

    mode: of the file, less what the process's umask takes away.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(draft, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory last through a power cut."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checked(path: Path) -> tuple[str, bytes]:
    """Return checksum and body of a snapshot file that is whole."""
    line, newline, body = path.read_bytes().partition(b"\n")
    words = line[:_LONGEST_FIRST_LINE].decode("ascii", errors="replace").split(" ")
    if not newline or len(words) != 3 or words[0] != _MAGIC:
        raise BadSnapshotError(f"{path} is not a snapshot")
    if words[1] != str(FORMAT):
        raise BadSnapshotError(f"{path} has format {words[1]}, this program reads {FORMAT}")
    if hashlib.sha256(body).hexdigest() != words[2]:
        raise BadSnapshotError(f"{path} is damaged: its checksum does not fit")
    return words[2], body


def _decoded(path: Path, body: bytes) -> Published:
    try:
        published = _decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise BadSnapshotError(f"{path} holds something else than contents: {error}") from error
    if name_of(published.contents.version) != path.name:
        raise BadSnapshotError(f"{path} holds version {published.contents.version}")
    return published
