"""A file sent as a browser sends it. Werkzeug's own client leaves large ones open."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

BOUNDARY = "between-the-parts"


def upload(client: FlaskClient, path: str, data: bytes, name: str = "file") -> TestResponse:
    """Send one file in the field ``file``."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
