"""``bellgate backup`` and ``restore``: one file that holds a school's whole gate.

It holds the CA's keys and every attempt: it is written for this user alone, and belongs
into the same safe as the machine. The database is copied by SQLite's own backup, so a
running gate may be backed up.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json
from appliance.cli.places import Places

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
FOLDERS: Final = ("ca", "lists", "web", "audit")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@json_option
def backup_command(file: Path, data: Path, as_json: bool) -> None:
    """Write database, settings and certificate authority to one FILE, with checksums.

    The gate may be running. The file holds private keys and personal data: keep it safe.
    """
    places = Places(data)
    if not places.database.exists():
        raise InputError(f"{places.database}: there is no gate to back up")
    with tempfile.TemporaryDirectory(dir=places.data) as scratch:
        copy = Path(scratch) / places.database.name
        _copy_database(places.database, copy)
        contents = [(places.database.name, copy), *_files_of(places.data)]
        manifest = {
            "format": FORMAT,
            "made_at": clock.real().isoformat(timespec="seconds"),
            "files": {name: _digest(path) for name, path in contents},
        }
        _write(file, manifest, contents)
    if as_json:
        print_json({"file": str(file), "sha256": _digest(file), **manifest})
        return
    print(f"{file}: {len(contents)} files, {file.stat().st_size / 1e6:.1f} MB.")
    print(f"SHA-256 {_digest(file)}")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--force", is_flag=True, help="Replace the gate that is there.")
@json_option
def restore_command(file: Path, data: Path, force: bool, as_json: bool) -> None:
    """Put a backup back. The gate must be stopped; every checksum is verified first."""
    places = Places(data)
    with places.lock():
        if places.database.exists() and not force:
            raise InputError(f"{places.database}: there is a gate already (--force replaces it)")
        restored = _read(file)
        places.make()
        for name, content in restored.items():
            _replace(places.data / name, content)
        for suffix in ("-wal", "-shm"):  # they belong to the database that was there before
            Path(f"{places.database}{suffix}").unlink(missing_ok=True)
    if as_json:
        print_json({"file": str(file), "restored": sorted(restored)})
        return
    print(f"{len(restored)} files restored to {data}. `bellgate up` carries on from them.")


def _copy_database(source: Path, copy: Path) -> None:
    try:
        live = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        taken = sqlite3.connect(copy)
        try:
            live.backup(taken)
            found = taken.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            live.close()
            taken.close()
    except sqlite3.Error as error:
        raise InputError(f"{source}: cannot be copied ({error})") from error
    if found != "ok":
        raise InputError(f"{source}: is damaged ({found})")


def _files_of(data: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield str(path.relative_to(data)), path


def _write(file: Path, manifest: dict[str, object], contents: list[tuple[str, Path]]) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz") as archive:
                said = json.dumps(manifest, indent=2).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(said)
                archive.addfile(entry, io.BytesIO(said))
                for name, path in contents:
                    archive.add(path, arcname=name, recursive=False)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, bytes]:
    """Return the files of a backup by name, each with a checksum that fits."""
    try:
        with tarfile.open(file, "r:*") as archive:
            held = {m.name: _content(archive, m) for m in archive.getmembers() if m.isfile()}
        manifest = json.loads(held.pop(MANIFEST))
        wanted = dict(manifest["files"])
    except (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, LookupError,
            ValueError, TypeError) as error:  # fmt: skip
        raise InputError(
            f"{file}: is no whole backup of a gate; give the file that `bellgate backup` wrote"
        ) from error
    if manifest.get("format") != FORMAT:
        raise InputError(f"{file}: was made by another version ({manifest.get('format')})")
    for name in {*wanted, *held}:
        if not _belongs(name) or name not in held or name not in wanted:
            raise InputError(f"{file}: {name} is not what the list of contents says")
        if hashlib.sha256(held[name]).hexdigest() != wanted[name]:
            raise InputError(f"{file}: {name} is damaged (its checksum does not fit)")
    return held


def _belongs(name: str) -> bool:
    """Whether a name in an archive is one that we write: nothing outside the directory."""
    parts = Path(name).parts
    inside = ".." not in parts and not name.startswith("/")
    return inside and (name == "bellgate.db" or (len(parts) > 1 and parts[0] in FOLDERS))


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    return stream.read() if stream else b""


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
