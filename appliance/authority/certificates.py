"""The certificates themselves, as values: root, name-constrained intermediate, leaf. Pure.

The root signs one intermediate and can then be taken off the box. The intermediate may
only sign for the hosts that can be steered (critical NameConstraints, RFC 5280 section
4.2.1.10): a stolen appliance cannot pass itself off as anybody's bank.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.policy.names import within

Address = IPv4Address | IPv6Address

PORTAL: Final = "bellgate.internal"
ON_LOOPBACK: Final = "bellgate.localhost"  # the same on one's own machine (RFC 6761 section 6.3)
ROOT_LIFE: Final = timedelta(days=3650)
INTERMEDIATE_LIFE: Final = timedelta(days=730)
INTERMEDIATE_MARGIN: Final = timedelta(days=90)  # renewed when less than this is left
LEAF_LIFE: Final = timedelta(days=20)
LEAF_MARGIN: Final = timedelta(days=7)
BACKDATED: Final = timedelta(days=1)  # a client whose clock is a little behind
ROOT_BITS: Final = 3072
INTERMEDIATE_BITS: Final = 2048
_USAGES: Final = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
# Names only: without these a permitted list of DNS names would leave IP addresses open.
_NO_ADDRESSES: Final = [
    x509.IPAddress(ip_network("0.0.0.0/0")),
    x509.IPAddress(ip_network("::/0")),
]


def permitted(suffixes: Iterable[str]) -> tuple[str, ...]:
    """Return what the intermediate may sign for: the suffixes and the portal, none twice.

    A suffix below another is left out: NameConstraints cover subdomains.
    """
    kept: list[str] = []
    for suffix in sorted({PORTAL, *suffixes}, key=lambda name: (name.count("."), name)):
        if not any(within(suffix, wider) for wider in kept):
            kept.append(suffix)
    return tuple(sorted(kept))


def make_root(key: rsa.RSAPrivateKey, name: str, at: datetime) -> x509.Certificate:
    """Return a self-signed root that may sign one level of authorities, and nothing else."""
    subject = _name(name)
    builder = _builder(subject, subject, key.public_key(), at, ROOT_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    return _signed(builder, key)


def make_intermediate(
    public: rsa.RSAPublicKey,
    root: x509.Certificate,
    root_key: rsa.RSAPrivateKey,
    suffixes: Iterable[str],
    at: datetime,
    addresses: Iterable[Address] = (),
) -> x509.Certificate:
    """Return an authority for web servers under the suffixes only, never past its root.

    addresses: IP addresses that it may sign for too; none by default.
    """
    names = permitted(suffixes)
    # A permitted address leaves out all the others; with none, all are excluded by name.
    hosts = [x509.IPAddress(ip_network(address)) for address in addresses]
    # A name of its own: under an issuer's name it would not count towards the path length.
    mark = x509.SubjectKeyIdentifier.from_public_key(public).digest.hex()[:8]
    subject = _name(f"Bellgate appliance {at:%Y-%m-%d} {mark}")
    end = min(at + INTERMEDIATE_LIFE, root.not_valid_after_utc)
    builder = _builder(subject, root.subject, public, at, end - at)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    builder = builder.add_extension(_web_servers(), critical=False)
    builder = builder.add_extension(
        x509.NameConstraints(
            [*(x509.DNSName(name) for name in names), *hosts], None if hosts else _NO_ADDRESSES
        ),
        critical=True,
    )
    return _signed(builder.add_extension(_issued_by(root), critical=False), root_key)


def make_leaf(
    public: ec.EllipticCurvePublicKey,
    issuer: x509.Certificate,
    issuer_key: rsa.RSAPrivateKey,
    host: str,
    at: datetime,
    *,
    more: Iterable[x509.GeneralName] = (),
    life: timedelta = LEAF_LIFE,
) -> x509.Certificate:
    """Return a server certificate for one host (and ``more``), valid for at most ``life``."""
    common = [x509.NameAttribute(NameOID.COMMON_NAME, host)] if len(host) < 64 else []
    end = min(at + life, issuer.not_valid_after_utc)
    builder = _builder(x509.Name(common), issuer.subject, public, at, end - at)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName(host), *more]), critical=not common
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
    builder = builder.add_extension(_usage("digital_signature"), critical=True)
    builder = builder.add_extension(_web_servers(), critical=False)
    return _signed(builder.add_extension(_issued_by(issuer), critical=False), issuer_key)


def suffixes_of(intermediate: x509.Certificate) -> tuple[str, ...]:
    """Return what an intermediate may sign for; nothing when it is not name-constrained."""
    try:
        found = intermediate.extensions.get_extension_for_class(x509.NameConstraints)
    except x509.ExtensionNotFound:
        return ()
    names = found.value.permitted_subtrees or []
    return tuple(name.value for name in names if isinstance(name, x509.DNSName))


def addresses_of(intermediate: x509.Certificate) -> tuple[Address, ...]:
    """Return the IP addresses that an intermediate may sign for, each by itself."""
    try:
        found = intermediate.extensions.get_extension_for_class(x509.NameConstraints)
    except x509.ExtensionNotFound:
        return ()
    networks = [
        name.value
        for name in found.value.permitted_subtrees or []
        if isinstance(name, x509.IPAddress) and not isinstance(name.value, Address)
    ]
    return tuple(net.network_address for net in networks if net.num_addresses == 1)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bellgate"),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    at: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: rsa.RSAPrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())


def _usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in wanted for usage in _USAGES})


def _web_servers() -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _issued_by(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
