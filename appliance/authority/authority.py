"""The CA as the appliance holds it: made on first start, re-issued as the policy grows."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from appliance.authority import certificates, files
from appliance.authority.files import AuthorityError
from appliance.policy.names import within


@dataclass(frozen=True, slots=True)
class Authority:
    """What signs for steered hosts, and the root that devices trust."""

    root: x509.Certificate
    intermediate: x509.Certificate
    key: rsa.RSAPrivateKey
    suffixes: tuple[str, ...]

    def covers(self, host: str) -> bool:
        """Whether a client would believe this authority about a host."""
        return any(within(host, suffix) for suffix in self.suffixes)

    def missing(self, suffixes: Iterable[str]) -> tuple[str, ...]:
        """Return the suffixes that it may not sign for."""
        return tuple(suffix for suffix in suffixes if not self.covers(suffix))


def ensure(directory: Path, suffixes: Iterable[str], at: datetime) -> Authority:
    """Return the authority, making or re-issuing it where that is needed and possible.

    suffixes: what can be steered. at: real time. Re-issued when it does not cover a
    suffix, or little of its time is left, and the root's key is on the box and may be
    read; without the key the one there is goes on. The files are replaced whole.

    Raises:
        AuthorityError: a file is damaged, does not fit the others, or is expired.
    """
    wanted = tuple(suffixes)
    with files.locked(directory):
        if not (directory / files.ROOT).exists():
            _refuse_orphans(directory)
            _make(directory, wanted, at)
        held = _read(directory)
        low = held.intermediate.not_valid_after_utc - at < certificates.INTERMEDIATE_MARGIN
        if (low or held.missing(wanted)) and files.readable(directory / files.ROOT_KEY):
            _issue(directory, held.root, (*held.suffixes, *wanted), at)
            held = _read(directory)
    return _in_time(held, directory, at)


def load(directory: Path, at: datetime) -> Authority:
    """Return the authority as it lies on disk, changing nothing.

    Raises:
        AuthorityError: a file is missing, damaged, does not fit the others, or is expired.
    """
    return _in_time(_read(directory), directory, at)


def _make(directory: Path, suffixes: tuple[str, ...], at: datetime) -> None:
    key = rsa.generate_private_key(65537, certificates.ROOT_BITS)
    name = f"Bellgate school root {at:%Y} {secrets.token_hex(3)}"  # two schools, two names
    root = certificates.make_root(key, name, at)
    files.write(directory / files.ROOT_KEY, files.key_pem(key), mode=0o600)
    _issue(directory, root, suffixes, at)
    files.write(directory / files.ROOT, _pem(root), mode=0o644)  # last: it marks a whole CA


def _issue(
    directory: Path, root: x509.Certificate, suffixes: tuple[str, ...], at: datetime
) -> None:
    root_key = files.read_key(directory / files.ROOT_KEY)
    if root_key.public_key() != root.public_key():
        raise AuthorityError(
            f"{directory / files.ROOT_KEY}: is not the key of {directory / files.ROOT}"
        )
    key = rsa.generate_private_key(65537, certificates.INTERMEDIATE_BITS)
    issued = certificates.make_intermediate(key.public_key(), root, root_key, suffixes, at)
    data = files.key_pem(key) + _pem(issued) + _pem(root)
    files.write(directory / files.INTERMEDIATE, data, mode=0o600)


def _read(directory: Path) -> Authority:
    root_path, path = directory / files.ROOT, directory / files.INTERMEDIATE
    root = files.read_certificates(root_path)[0]
    intermediate = files.read_certificates(path)[0]
    key = files.read_key(path)
    if key.public_key() != intermediate.public_key():
        raise AuthorityError(f"{path}: its key and its certificate do not belong together")
    try:
        intermediate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise AuthorityError(f"{path}: was not signed by {root_path}") from error
    suffixes = certificates.suffixes_of(intermediate)
    if not suffixes:
        raise AuthorityError(f"{path}: may sign for any host at all; only a named list will do")
    return Authority(root, intermediate, key, suffixes)


def _in_time(held: Authority, directory: Path, at: datetime) -> Authority:
    for name, certificate in (
        (files.ROOT, held.root),
        (files.INTERMEDIATE, held.intermediate),
    ):
        if not certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc:
            raise AuthorityError(
                f"{directory / name}: holds from {certificate.not_valid_before_utc:%Y-%m-%d} "
                f"until {certificate.not_valid_after_utc:%Y-%m-%d}, and it is {at:%Y-%m-%d}"
            )
    return held


def _refuse_orphans(directory: Path) -> None:
    # Never make a new root beside an old one: every device would have to be visited again.
    # A root key alone is a first start that was cut short.
    left = directory / files.INTERMEDIATE
    if left.exists() and not (directory / files.ROOT_KEY).exists():
        raise AuthorityError(f"{directory / files.ROOT}: is missing, though {left} is there")


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
