"""The root in the forms that devices take, and the fingerprint to compare by eye. Pure."""

from __future__ import annotations

import plistlib
from uuid import NAMESPACE_URL, uuid5

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 fingerprint, as devices show it: ``AB:CD:...``."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def pem(certificate: x509.Certificate) -> bytes:
    """Return the certificate as PEM: Linux, ChromeOS, Firefox."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate as DER: Windows, Android (``.cer``, ``.crt``)."""
    return certificate.public_bytes(serialization.Encoding.DER)


def mobileconfig(certificate: x509.Certificate, school: str) -> bytes:
    """Return an Apple configuration profile with the root in it, for iOS and macOS.

    The identifiers follow from the certificate, so installing twice replaces, and a new
    root does not silently take the place of an old one.
    """
    mark = certificate.fingerprint(hashes.SHA256()).hex()
    inner, outer = (str(uuid5(NAMESPACE_URL, f"bellgate:{mark}:{part}")) for part in "co")
    payload = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"internal.bellgate.root.{mark[:16]}.certificate",
        "PayloadUUID": inner,
        "PayloadDisplayName": f"{school}: Bellgate certificate",
        "PayloadDescription": "Lets this device show the school's block page.",
        "PayloadCertificateFileName": "bellgate-root.cer",
        "PayloadContent": der(certificate),
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": f"internal.bellgate.root.{mark[:16]}",
            "PayloadUUID": outer,
            "PayloadDisplayName": f"{school}: Bellgate",
            "PayloadDescription": f"The certificate of the Bellgate appliance of {school}. "
            "It signs for the social media sites that the school's policy names, for no other.",
            "PayloadOrganization": school,
            "PayloadRemovalDisallowed": False,
            "PayloadContent": [payload],
        }
    )
