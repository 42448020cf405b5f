"""The CA on disk: what lies where, written whole and read with errors that name the file.

``root.key``      the root's key, 0600. May be taken off the box; needed to re-issue.
``root.pem``      the root: what devices install.
``mitmproxy-ca.pem``  the intermediate's key, its certificate and the root, 0600, under
                  the name that mitmproxy looks for in its configuration folder.
``admin-ca.pem``  key, certificate and root of what signs for the admin UI alone, 0600.
``admin.pem``     the admin UI's key, its certificate and the chain below the root, 0600.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ROOT_KEY: Final = "root.key"
ROOT: Final = "root.pem"
INTERMEDIATE: Final = "mitmproxy-ca.pem"
ADMIN_CA: Final = "admin-ca.pem"
ADMIN: Final = "admin.pem"


class AuthorityError(Exception):
    """A file of the CA is damaged, does not fit the others, or is past its time."""


def write(path: Path, data: bytes, *, mode: int) -> None:
    """Replace a file whole: a reader sees the old one or the new one, never half of one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.fchmod(descriptor, mode)  # the umask, or a draft left by a crash, has no say
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the CA for one process at a time, making its folder (0700) where there is none."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def readable(path: Path) -> bool:
    """Whether a file is there, and for this process to read."""
    try:
        path.open("rb").close()
    except OSError:
        return False
    return True


def key_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """Return a key as unencrypted PKCS #8 PEM. The file's mode is what guards it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def read_key(path: Path) -> rsa.RSAPrivateKey:
    """Read an RSA key.

    Raises:
        AuthorityError: unreadable, or no RSA key in it. Names the file.
    """
    try:
        key = serialization.load_pem_private_key(_bytes(path), password=None)
    except (ValueError, TypeError) as error:
        raise AuthorityError(f"{path}: holds no private key that can be read ({error})") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise AuthorityError(f"{path}: the key is not an RSA key")
    return key


def read_certificates(path: Path) -> list[x509.Certificate]:
    """Read every certificate of a PEM file, in its order.

    Raises:
        AuthorityError: unreadable, or no certificate in it. Names the file.
    """
    try:
        return x509.load_pem_x509_certificates(_bytes(path))
    except ValueError as error:
        raise AuthorityError(f"{path}: holds no certificate that can be read ({error})") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AuthorityError(f"{path}: {error.strerror}") from error
