"""The school's certificate, as the pages show it and hand it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from appliance.authority import export, files


@dataclass(frozen=True, slots=True)
class Root:
    """The fingerprint (SHA-256) to compare by eye, and the last moment of validity (UTC)."""

    fingerprint: str
    until: datetime

    @property
    def groups(self) -> tuple[str, ...]:
        """The fingerprint in eight parts of four bytes, which the eye can follow."""
        parts = self.fingerprint.split(":")
        ends = [":"] * 7 + [""]
        return tuple(":".join(parts[4 * n : 4 * n + 4]) + end for n, end in enumerate(ends))


@dataclass(frozen=True, slots=True)
class Download:
    """One form of the certificate."""

    data: bytes
    content_type: str


def root(data: Path) -> Root | None:
    """Return what is shown of the root; None while there is none that can be read."""
    certificate = _certificate(data)
    if certificate is None:
        return None
    return Root(export.fingerprint(certificate), certificate.not_valid_after_utc)


def download(data: Path, form: str, school: str) -> Download | None:
    """Return the root as ``pem``, ``der`` or ``mobileconfig``; None while there is none."""
    certificate = _certificate(data)
    if certificate is None:
        return None
    if form == "pem":
        return Download(export.pem(certificate), "application/x-pem-file")
    if form == "der":
        return Download(export.der(certificate), "application/x-x509-ca-cert")
    return Download(export.mobileconfig(certificate, school), "application/x-apple-aspen-config")


def _certificate(data: Path) -> x509.Certificate | None:
    try:
        return files.read_certificates(data / "ca" / files.ROOT)[0]
    except files.AuthorityError:
        return None
