"""What clients are shown, and that nobody is answered unasked."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from appliance.authority.authority import ensure
from tests.proxy_addons.world import PUPIL, World


def shown(proxy: World, host: str, versions: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
    """Shake hands as a pupil, and return the closed socket with what it learnt."""
    context = ssl.create_default_context(cafile=str(proxy.root))
    if versions is not None:
        context.minimum_version = context.maximum_version = versions
    address = proxy.settings.steered_https[0]
    with (
        socket.create_connection(address, timeout=5, source_address=(PUPIL, 0)) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        der = secure.getpeercert(binary_form=True)
        assert der is not None
        names = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
        assert names.value.get_values_for_type(x509.DNSName) == [host]
        assert names.value.get_values_for_type(x509.IPAddress) == []
        return secure


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_certificate_for_the_one_host_asked_for(proxy: World, version: ssl.TLSVersion) -> None:
    shown(proxy, "www.facebook.com", version)


def test_old_tls_is_not_spoken(proxy: World) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(proxy.root)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    address = proxy.settings.steered_https[0]
    with (
        socket.create_connection(address, timeout=5, source_address=(PUPIL, 0)) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(plain, server_hostname="www.facebook.com").close()


def test_mitmproxys_own_authority_is_never_made(proxy: World) -> None:
    names = {path.name for path in (proxy.settings.data / "ca").iterdir()}
    assert names == {".lock", "root.key", "root.pem", "mitmproxy-ca.pem"}


def test_another_schools_root_does_not_believe_it(proxy: World, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    ensure(tmp_path / "ca", (), datetime.now(UTC))
    assert proxy.curl("https://x.com/", PUPIL, root=tmp_path / "ca" / "root.pem").code == 60
