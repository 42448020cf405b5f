"""Letters through a real mail server: protected, signed in, or refused in words."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance import clock
from appliance.accounts import mail
from appliance.accounts.mail import Letter, MailError, MailSettings
from tests.admin_ui.mail_server import listening

LETTER = Letter(to="a@hillside.example", subject="Grüße\tund mehr", text="Hello ✓\n")


def settings(where: int, /, **more: str) -> MailSettings:
    return mail.checked(
        {"host": "localhost", "port": str(where), "tls": "none", "user": "", "password": "",
         "sender": "bellgate@hillside.example", "web_address": "http://localhost:8000", **more}
    )  # fmt: skip


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's TLS for ``localhost``, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.real()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def test_a_letter_arrives_as_it_was_written() -> None:
    with listening() as box:
        mail.send(settings(box.port), Letter(to=LETTER.to, subject="Grüße", text=LETTER.text))
        (letter,) = box.wait()
    assert letter["Subject"] == "Grüße"
    assert letter.get_content().split() == ["Hello", "✓"]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@hillside.example>")


def test_it_is_protected_and_signed_in(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = contexts
    with listening(server, {"bellgate": "a secret"}) as box:
        found = settings(box.port, tls="starttls", user="bellgate", password="a secret")
        mail.send(found, Letter(to=LETTER.to, subject="x", text="y"), verify=client)
        assert len(box.wait()) == 1
        wrong = settings(box.port, tls="starttls", user="bellgate", password="another")
        with pytest.raises(MailError, match="refused the user or the password") as caught:
            mail.send(wrong, Letter(to=LETTER.to, subject="x", text="y"), verify=client)
        assert "another" not in str(caught.value)


def test_a_server_that_nobody_vouches_for_gets_nothing(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    with listening(contexts[0]) as box:
        with pytest.raises(MailError, match="no protected connection"):
            mail.send(settings(box.port, tls="starttls"), LETTER)
        assert box.letters == []


def test_a_server_that_offers_no_protection_gets_nothing() -> None:
    with listening() as box:
        found = settings(box.port, tls="starttls")
        with pytest.raises(MailError, match="said no"):
            mail.send(found, Letter(to=LETTER.to, subject="x", text="y"))
        assert box.letters == []


def test_a_server_that_is_away_is_said() -> None:
    with listening() as box:
        port = box.port
    with pytest.raises(MailError, match="cannot be reached"):
        mail.send(settings(port), Letter(to=LETTER.to, subject="x", text="y"))


@pytest.mark.parametrize("subject", ["x\r\nBcc: all@hillside.example", "x\ny"])
def test_no_header_is_smuggled_in(subject: str) -> None:
    with listening() as box, pytest.raises(MailError):
        mail.send(settings(box.port), Letter(to=LETTER.to, subject=subject, text="y"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("host", ""), ("host", "a b"), ("host", "x/y"), ("port", "0"), ("port", "70000"),
     ("port", "x"), ("port", "²"), ("tls", "maybe"), ("sender", "nobody"), ("web_address", ""),
     ("web_address", "http://gate.hillside.example"), ("web_address", "javascript:alert(1)"),
     ("web_address", "https://a@b.example"), ("web_address", "https://b.example/path"),
     ("web_address", "https://b.example?x"), ("web_address", "https:///x")],
)  # fmt: skip
def test_what_cannot_be_a_setting_names_its_field(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        settings(25, **{field: value})


def test_without_protection_only_this_computer() -> None:
    with pytest.raises(ValueError, match=r"^tls: "):
        settings(25, host="mail.hillside.example")
    assert settings(25, host="mail.hillside.example", tls="starttls").tls == "starttls"
