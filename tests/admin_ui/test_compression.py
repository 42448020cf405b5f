"""Pages are sent compressed, each in a length that tells nothing."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from admin_ui import compression

LONG = "<p>words</p>" * 500


@pytest.fixture
def web() -> FlaskClient:
    app = Flask("bare")
    compression.install(app)
    app.add_url_rule("/long", "long", lambda: LONG)
    app.add_url_rule("/short", "short", lambda: "<p>short</p>")
    app.add_url_rule("/csv", "csv", lambda: Response(LONG, content_type="text/csv"))
    app.add_url_rule("/parts", "parts", lambda: Response(iter([LONG]), content_type="text/html"))
    return app.test_client()


def test_a_long_page_is_compressed_whole(web: FlaskClient) -> None:
    answer = web.get("/long", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == LONG
    assert len(answer.data) < 400
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("path", ["/short", "/csv", "/parts"])
def test_what_gains_nothing_or_is_a_file_is_left(web: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in web.get(path, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_only_who_takes_it_gets_it(web: FlaskClient, accepted: str) -> None:
    answer = web.get("/long", headers={"Accept-Encoding": accepted})
    assert answer.text == LONG
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_the_same_page_has_many_lengths(web: FlaskClient) -> None:
    """So that the length does not tell what was guessed right (BREACH)."""
    asked = (web.get("/long", headers={"Accept-Encoding": "gzip"}) for _ in range(40))
    assert len({len(answer.data) for answer in asked}) > 10
