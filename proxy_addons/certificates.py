"""The certificates that steered hosts are shown under: issued on the first hello, renewed.

mitmproxy keeps a leaf for as long as it runs and never renews it, and gives every leaf
the CA's own key. Ours have a key of their own (P-256: a handshake costs a tenth of RSA)
and a life of days; an intermediate that was re-issued on disk is taken up by itself.
Each host has one TLS context, so that a returning client can resume its session.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from mitmproxy.addons.tlsconfig import alpn_select_callback
from OpenSSL import SSL

from appliance import clock
from appliance.authority import authority, files
from appliance.authority.authority import Authority
from appliance.authority.certificates import LEAF_MARGIN, make_leaf
from appliance.authority.files import AuthorityError

LOOKED: Final = 1.0  # seconds between two looks at the file
LEAVES: Final = 1024
CIPHERS: Final = b"ECDHE+AESGCM:ECDHE+CHACHA20"  # TLS 1.2; those of 1.3 are OpenSSL's own


class Leaf(NamedTuple):
    """A certificate and the TLS context it is shown in. renew_at: UTC."""

    certificate: x509.Certificate
    context: SSL.Context
    renew_at: datetime


class Certificates:
    """Leaves by host, under the authority that lies in the folder."""

    def __init__(
        self,
        directory: Path,
        held: Authority,
        real: Callable[[], datetime] = clock.real,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._directory = directory
        self._real = real
        self._monotonic = monotonic
        self._leaves: dict[str, Leaf] = {}
        self._looked_at = monotonic()
        self._seen = self._stamp()
        self.damage = ""
        self._take(held)

    @property
    def authority(self) -> Authority:
        """The authority that signs now."""
        return self._authority

    def covers(self, host: str) -> bool:
        """Whether a client that trusts the root would believe a certificate for a host."""
        self._look()
        return self._authority.covers(host)

    def leaf(self, host: str) -> Leaf:
        """Return what a host is shown under; a new one near the old one's end."""
        now = self._real()
        kept = self._leaves.get(host)
        if kept is not None and now < kept.renew_at:
            return kept
        held = self._authority
        made = make_leaf(self._key.public_key(), held.intermediate, held.key, host, now)
        if len(self._leaves) >= LEAVES:
            self._leaves.clear()
        fresh = Leaf(made, self._context(made), made.not_valid_after_utc - LEAF_MARGIN)
        self._leaves[host] = fresh
        return fresh

    def _context(self, certificate: x509.Certificate) -> SSL.Context:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION)
        context.set_cipher_list(CIPHERS)
        context.set_alpn_select_callback(alpn_select_callback)  # type: ignore[arg-type]
        context.use_certificate(certificate)
        context.use_privatekey(self._key)
        context.add_extra_chain_cert(self._authority.intermediate)
        return context

    def _look(self) -> None:
        now = self._monotonic()
        if now - self._looked_at < LOOKED:
            return
        self._looked_at = now
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            held = authority.load(self._directory, self._real())
        except AuthorityError as error:
            self.damage = str(error)  # the one in memory goes on; status shows the damage
        else:
            self._take(held)

    def _take(self, held: Authority) -> None:
        self._authority = held
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaves.clear()
        self.damage = ""

    def _stamp(self) -> tuple[int, int]:
        try:
            found = (self._directory / files.INTERMEDIATE).stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)
