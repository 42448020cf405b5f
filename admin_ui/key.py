"""The key that signs forms and seals second factors: made once, outside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

LENGTH: Final = 32  # bytes


def ensure(data: Path) -> bytes:
    """Return the key of a data directory, making it on the first start (mode 0600).

    Raises:
        OSError: it can neither be read nor made.
        ValueError: the file holds something else; it is left as it is.
    """
    path = data / "web" / "key"
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"key.{os.getpid()}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # the first of two that start together wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        found = path.read_bytes()
    if len(found) != LENGTH:
        raise ValueError(f"{path}: must hold {LENGTH} bytes, it has {len(found)}")
    return found
