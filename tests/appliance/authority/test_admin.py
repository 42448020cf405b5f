"""The admin UI's certificate: believed with the school's root alone, and limited to itself."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.authority import certificates, export, files
from appliance.authority.admin import LIFE, MARGIN, admin_certificate
from appliance.authority.authority import ensure
from appliance.authority.files import AuthorityError

NOW = datetime.now(UTC)  # openssl verifies at the real time
NAMES, ADDRESSES = ("gate.school.example", "localhost"), ("10.1.2.3", "127.0.0.1", "2001:db8::7")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("made") / "ca"
    ensure(found, ("facebook.com",), NOW)
    admin_certificate(found, NAMES, ADDRESSES, NOW)
    return found


@pytest.fixture
def directory(tmp_path: Path, made: Path) -> Path:
    shutil.copytree(made, tmp_path / "ca")
    return tmp_path / "ca"


def leaf(directory: Path) -> x509.Certificate:
    return files.read_certificates(directory / files.ADMIN)[0]


def verified(directory: Path, file: Path, *asked: str) -> bool:
    """Whether OpenSSL believes a chain when it trusts the school's root alone."""
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
         directory / files.ROOT, "-untrusted", file, *asked, file],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0


openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@openssl
@pytest.mark.parametrize(
    "asked",
    [
        ("-verify_hostname", "gate.school.example"), ("-verify_hostname", "bellgate.internal"),
        ("-verify_hostname", "localhost"), ("-verify_ip", "10.1.2.3"),
        ("-verify_ip", "127.0.0.1"), ("-verify_ip", "2001:db8::7"),
    ],
)  # fmt: skip
def test_openssl_believes_it_for_its_names(made: Path, asked: tuple[str, str]) -> None:
    assert verified(made, made / files.ADMIN, *asked)


@openssl
@pytest.mark.parametrize(
    ("names", "addresses"),
    [
        (("bank.example",), ()), (("school.example",), ()), (("gate.school.example.org",), ()),
        ((), ("10.1.2.4",)), ((), ("2001:db8::8",)), ((), ("0.0.0.0",)),
        (("gate.school.example", "facebook.com"), ()),
    ],
)  # fmt: skip
def test_a_stolen_admin_authority_can_be_nobody_else(
    made: Path, tmp_path: Path, names: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    path = made / files.ADMIN_CA
    issuer, key = files.read_certificates(path)[0], files.read_key(path)
    stolen = ec.generate_private_key(ec.SECP256R1())
    more = [*map(x509.DNSName, names), *(x509.IPAddress(ip_address(a)) for a in addresses)]
    forged = certificates.make_leaf(
        stolen.public_key(), issuer, key, "bellgate.internal", NOW, more=more
    )
    chain = tmp_path / "forged.pem"
    chain.write_bytes(export.pem(forged) + export.pem(issuer))
    assert not verified(made, chain)


def test_the_keys_are_for_their_owner_alone(made: Path) -> None:
    for name in (files.ADMIN, files.ADMIN_CA):
        assert stat.S_IMODE((made / name).stat().st_mode) == 0o600


def test_it_is_kept_until_a_third_of_its_life_is_left(directory: Path) -> None:
    first = leaf(directory)
    later = NOW + LIFE - MARGIN - timedelta(days=1)
    assert admin_certificate(directory, NAMES, ADDRESSES, later) == directory / files.ADMIN
    assert leaf(directory) == first
    admin_certificate(directory, NAMES, ADDRESSES, later + timedelta(days=2))
    assert leaf(directory) != first
    assert leaf(directory).not_valid_after_utc > first.not_valid_after_utc


def test_it_is_renewed_without_the_roots_key(directory: Path) -> None:
    (directory / files.ROOT_KEY).unlink()
    first = leaf(directory)
    admin_certificate(directory, NAMES, ADDRESSES, NOW + LIFE)
    assert leaf(directory) != first
    late = NOW + certificates.INTERMEDIATE_LIFE - timedelta(days=1)  # still goes on
    admin_certificate(directory, NAMES, ADDRESSES, late)
    with pytest.raises(AuthorityError, match="return-root"):
        admin_certificate(directory, NAMES, ADDRESSES, late + timedelta(days=2))


def test_a_new_name_asks_for_the_roots_key(directory: Path) -> None:
    key = (directory / files.ROOT_KEY).read_bytes()
    (directory / files.ROOT_KEY).unlink()
    with pytest.raises(AuthorityError, match=r"new\.example"):
        admin_certificate(directory, (*NAMES, "new.example"), ADDRESSES, NOW)
    files.write(directory / files.ROOT_KEY, key, mode=0o600)
    admin_certificate(directory, ("new.example",), ("10.9.9.9",), NOW)
    said = leaf(directory).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert said.get_values_for_type(x509.DNSName) == ["bellgate.internal", "new.example"]
    issuer = files.read_certificates(directory / files.ADMIN_CA)[0]
    assert set(NAMES) < set(certificates.suffixes_of(issuer))  # the old names may come back
    assert len(certificates.addresses_of(issuer)) == 4


def test_the_authority_is_renewed_before_its_end(directory: Path) -> None:
    first = files.read_certificates(directory / files.ADMIN_CA)[0]
    near = first.not_valid_after_utc - certificates.INTERMEDIATE_MARGIN
    admin_certificate(directory, NAMES, ADDRESSES, near)
    assert files.read_certificates(directory / files.ADMIN_CA)[0] != first


def test_a_new_root_makes_everything_anew(directory: Path) -> None:
    old = leaf(directory)
    shutil.rmtree(directory.parent / "ca")
    ensure(directory, ("facebook.com",), NOW)
    admin_certificate(directory, NAMES, ADDRESSES, NOW)
    assert leaf(directory) != old


@pytest.mark.parametrize(
    ("names", "addresses"), [(("gate.schöol",), ()), ((), ("10.1.2",)), ((), ("gate",))]
)
def test_what_is_no_name_or_address_is_refused(
    directory: Path, names: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    with pytest.raises(AuthorityError, match="the admin UI's certificate"):
        admin_certificate(directory, names, addresses, NOW)


def test_without_a_root_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(AuthorityError, match=r"root\.pem"):
        admin_certificate(tmp_path / "ca", NAMES, ADDRESSES, NOW)


def test_a_damaged_authority_is_told_and_a_damaged_leaf_made_anew(directory: Path) -> None:
    (directory / files.ADMIN).write_bytes(b"nothing")
    admin_certificate(directory, NAMES, ADDRESSES, NOW)
    assert leaf(directory)
    (directory / files.ADMIN_CA).write_bytes(b"nothing")
    with pytest.raises(AuthorityError, match="admin-ca"):
        admin_certificate(directory, NAMES, ADDRESSES, NOW)
