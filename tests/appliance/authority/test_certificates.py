"""The certificates, judged by OpenSSL: no bank can be forged with the appliance's key."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from appliance.authority import certificates, export
from appliance.authority.authority import Authority, ensure
from appliance.policy.names import within

NOW = datetime.now(UTC).replace(microsecond=0)
LABELS = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return ensure(tmp_path_factory.mktemp("authority") / "ca", ("facebook.com",), NOW)


def openssl(directory: Path, held: Authority, leaf: x509.Certificate) -> str:
    """Return what ``openssl verify`` says of a leaf to a client that trusts the root alone."""
    for name, certificate in (("root", held.root), ("mid", held.intermediate), ("leaf", leaf)):
        (directory / f"{name}.pem").write_bytes(export.pem(certificate))
    done = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "root.pem",
         "-untrusted", "mid.pem", "leaf.pem"],
        cwd=directory, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("host", ["facebook.com", "www.facebook.com", "bellgate.internal"])
def test_what_can_be_steered_is_believed(tmp_path: Path, held: Authority, host: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificates.make_leaf(key.public_key(), held.intermediate, held.key, host, NOW)
    assert openssl(tmp_path, held, leaf) == "leaf.pem: OK\n"


@pytest.mark.parametrize("host", ["www.bank.example", "notfacebook.com", "com"])
def test_a_forged_certificate_is_refused(tmp_path: Path, held: Authority, host: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificates.make_leaf(key.public_key(), held.intermediate, held.key, host, NOW)
    assert "permitted subtree violation" in openssl(tmp_path, held, leaf)


def test_an_address_cannot_be_forged_either(
    tmp_path: Path, held: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ipaddress import ip_address

    address = x509.IPAddress(ip_address("192.0.2.7"))
    monkeypatch.setattr(certificates.x509, "DNSName", lambda _: address)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificates.make_leaf(key.public_key(), held.intermediate, held.key, "a.b", NOW)
    assert "excluded subtree violation" in openssl(tmp_path, held, leaf)


def test_the_intermediate_makes_no_further_authorities(tmp_path: Path, held: Authority) -> None:
    key = rsa.generate_private_key(65537, 2048)
    below = certificates.make_intermediate(
        key.public_key(), held.intermediate, held.key, ("facebook.com",), NOW
    )
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificates.make_leaf(leaf_key.public_key(), below, key, "facebook.com", NOW)
    longer = Authority(held.root, below, key, ())
    (tmp_path / "mid.pem").write_bytes(b"")
    said = openssl(tmp_path, longer, leaf)
    (tmp_path / "mid.pem").write_bytes(export.pem(below) + export.pem(held.intermediate))
    again = subprocess.run(
        ["openssl", "verify", "-CAfile", "root.pem", "-untrusted", "mid.pem", "leaf.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "OK" not in said
    assert "path length constraint exceeded" in again.stdout + again.stderr


def test_constraints_and_basic_constraints_are_critical(held: Authority) -> None:
    found = held.intermediate.extensions
    assert found.get_extension_for_class(x509.NameConstraints).critical
    basic = found.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)


def test_a_leaf_lives_for_days_and_never_beyond_its_issuer(held: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    leaf = certificates.make_leaf(key, held.intermediate, held.key, "fb.com", NOW)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=30)
    end = held.intermediate.not_valid_after_utc
    late = certificates.make_leaf(
        key, held.intermediate, held.key, "fb.com", end - timedelta(days=2)
    )
    assert late.not_valid_after_utc == end


def test_a_name_too_long_for_the_subject_stands_in_the_alternative_name(held: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    host = "a" * 60 + ".facebook.com"
    leaf = certificates.make_leaf(key, held.intermediate, held.key, host, NOW)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.critical
    assert names.value.get_values_for_type(x509.DNSName) == [host]


@given(st.lists(NAMES, max_size=8))
def test_permitted_covers_every_suffix_and_says_nothing_twice(suffixes: list[str]) -> None:
    found = certificates.permitted(suffixes)
    assert all(any(within(suffix, kept) for kept in found) for suffix in suffixes)
    assert not [a for a in found for b in found if a != b and within(a, b)]
    assert set(found) <= {*suffixes, certificates.PORTAL}


def test_an_unconstrained_certificate_has_no_suffixes(held: Authority) -> None:
    assert certificates.suffixes_of(held.root) == ()
