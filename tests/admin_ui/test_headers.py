"""What every answer tells the browser."""

from __future__ import annotations

import pytest
from flask import Flask, Response

from admin_ui import headers


def answered(tls: bool, host: str = "gate.school.example") -> Response:
    app = Flask("bare")
    headers.protect(app, tls=tls)
    app.add_url_rule("/", "page", lambda: "page")
    return app.test_client().get("/", base_url=f"https://{host}:8000")


@pytest.mark.parametrize("tls", [True, False])
def test_only_https_promises_https(tls: bool) -> None:
    assert ("Strict-Transport-Security" in answered(tls).headers) is tls


def test_nothing_is_promised_for_everything_on_this_machine() -> None:
    assert "Strict-Transport-Security" not in answered(tls=True, host="localhost").headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
    ],
)  # fmt: skip
def test_each_header_is_there(name: str, value: str) -> None:
    assert answered(tls=True).headers[name] == value


def test_the_policy_lets_in_nothing_but_our_own_files() -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in answered(tls=True).headers["Content-Security-Policy"].split(";")
    )
    assert policy.pop("default-src") == "'none'"
    assert set(policy.values()) == {"'self'", "'none'"}
    assert policy["base-uri"] == policy["frame-ancestors"] == policy["object-src"] == "'none'"
