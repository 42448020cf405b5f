"""The certificate of the admin UI: short-lived, renewed without the root's key.

The authority for steered hosts may not sign for the appliance's own names and addresses,
and the root's key may be off the box. So the root signs, once, a second authority that may
sign for those names and addresses and for nothing else, and that one signs what the pages
are served with. A device needs the school's root alone to believe it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from appliance.authority import certificates, export, files
from appliance.authority.certificates import Address
from appliance.authority.files import AuthorityError
from appliance.policy.names import within

LIFE: Final = timedelta(days=90)
MARGIN: Final = LIFE / 3  # renewed when less than this is left


@dataclass(frozen=True, slots=True)
class _Issuer:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def admin_certificate(
    directory: Path, names: Iterable[str], addresses: Iterable[str], at: datetime
) -> Path:
    """Return the file with the admin UI's key and chain, made or renewed where that is due.

    names: host names in A-label form; the portal's own is always among them. addresses: IP
    addresses. at: real time. Fails closed: where it cannot be signed there is no file.

    Raises:
        AuthorityError: there is no root yet; the root's key is needed and not on the box; a
            file is damaged; a name or an address is none.
    """
    hosts = tuple(dict.fromkeys([certificates.PORTAL, *(name.lower() for name in names)]))
    wanted = _addresses(addresses)
    with files.locked(directory):
        root = files.read_certificates(directory / files.ROOT)[0]
        issuer = _issuer(directory, root, hosts, wanted, at)
        path = directory / files.ADMIN
        if not _serves(path, issuer, hosts, wanted, at):
            files.write(path, _issue(issuer, hosts, wanted, at), mode=0o600)
    return path


def _addresses(texts: Iterable[str]) -> tuple[Address, ...]:
    try:
        return tuple(dict.fromkeys(ip_address(text.partition("%")[0]) for text in texts))
    except ValueError as error:
        raise AuthorityError(f"the admin UI's certificate: {error}") from error


def _issuer(
    directory: Path,
    root: x509.Certificate,
    hosts: tuple[str, ...],
    addresses: tuple[Address, ...],
    at: datetime,
) -> _Issuer:
    """Return the authority there is, or one that the root signs now."""
    held = _held(directory, root)
    covers = held is not None and _covers(held.certificate, hosts, addresses)
    if held is not None and covers:
        left = held.certificate.not_valid_after_utc - at
        key_away = not files.readable(directory / files.ROOT_KEY)
        if left > certificates.INTERMEDIATE_MARGIN or (key_away and left > timedelta(0)):
            return held
    before = held.certificate if held is not None else None
    return _new_issuer(directory, root, hosts, addresses, at, before)


def _new_issuer(
    directory: Path,
    root: x509.Certificate,
    hosts: tuple[str, ...],
    addresses: tuple[Address, ...],
    at: datetime,
    before: x509.Certificate | None,
) -> _Issuer:
    if not files.readable(directory / files.ROOT_KEY):
        raise AuthorityError(
            f"{directory / files.ROOT_KEY}: is needed to sign for the admin UI at "
            f"{', '.join([*hosts, *map(str, addresses)])}: `bellgate ca return-root FILE`"
        )
    root_key = files.read_key(directory / files.ROOT_KEY)
    if root_key.public_key() != root.public_key():
        raise AuthorityError(
            f"{directory / files.ROOT_KEY}: is not the key of {directory / files.ROOT}"
        )
    if before is not None:  # a name that is added takes nothing from those there are
        hosts = tuple(dict.fromkeys([*hosts, *certificates.suffixes_of(before)]))
        addresses = tuple(dict.fromkeys([*addresses, *certificates.addresses_of(before)]))
    key = rsa.generate_private_key(65537, certificates.INTERMEDIATE_BITS)
    try:
        made = certificates.make_intermediate(
            key.public_key(), root, root_key, hosts, at, addresses
        )
    except ValueError as error:
        raise AuthorityError(f"the admin UI's certificate: {error}") from error
    data = files.key_pem(key) + export.pem(made) + export.pem(root)
    files.write(directory / files.ADMIN_CA, data, mode=0o600)
    return _Issuer(made, key)


def _held(directory: Path, root: x509.Certificate) -> _Issuer | None:
    path = directory / files.ADMIN_CA
    if not path.exists():
        return None
    found, key = files.read_certificates(path)[0], files.read_key(path)
    try:
        found.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return None  # of a root that is no more: made anew
    if key.public_key() != found.public_key():
        raise AuthorityError(f"{path}: its key and its certificate do not belong together")
    return _Issuer(found, key)


def _covers(
    issuer: x509.Certificate, hosts: tuple[str, ...], addresses: tuple[Address, ...]
) -> bool:
    suffixes = certificates.suffixes_of(issuer)
    return all(any(within(host, suffix) for suffix in suffixes) for host in hosts) and set(
        addresses
    ) <= set(certificates.addresses_of(issuer))


def _issue(
    issuer: _Issuer, hosts: tuple[str, ...], addresses: tuple[Address, ...], at: datetime
) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    more = [
        *(x509.DNSName(host) for host in hosts[1:]),
        *(x509.IPAddress(address) for address in addresses),
    ]
    leaf = certificates.make_leaf(
        key.public_key(), issuer.certificate, issuer.key, hosts[0], at, more=more, life=LIFE
    )
    return files.key_pem(key) + export.pem(leaf) + export.pem(issuer.certificate)


def _serves(
    path: Path,
    issuer: _Issuer,
    hosts: tuple[str, ...],
    addresses: tuple[Address, ...],
    at: datetime,
) -> bool:
    """Whether what lies there is of this issuer, for just these names, and not soon over."""
    try:
        leaf = files.read_certificates(path)[0]
        said = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        leaf.verify_directly_issued_by(issuer.certificate)
    except (AuthorityError, x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return (
        set(said.get_values_for_type(x509.DNSName)) == set(hosts)
        and set(said.get_values_for_type(x509.IPAddress)) == set(addresses)
        and leaf.not_valid_before_utc <= at
        and leaf.not_valid_after_utc - at > MARGIN
    )
