"""Pages are sent compressed (gzip) to browsers that take it.

A page holds tokens beside words that others wrote, and the length of what is compressed
tells a listener about both (BREACH). Each answer therefore carries a file name of random
length in its gzip header, as the paper "Heal the Breach" (2022) and Django do, and cookies
are SameSite, so that another site cannot make a browser ask for pages with them.
"""

from __future__ import annotations

import gzip
import secrets
from io import BytesIO
from typing import Final

from flask import Flask, Response, request

SMALLEST: Final = 1024  # bytes: less than this gains nothing
LEVEL: Final = 5
LONGEST_NAME: Final = 100  # characters of the random file name


def install(app: Flask) -> None:
    """Compress the pages of an application."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype != "text/html" or response.direct_passthrough or response.is_streamed:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if (
        len(body) < SMALLEST
        or "Content-Encoding" in response.headers
        or request.accept_encodings["gzip"] <= 0
    ):
        return response
    packed = BytesIO()
    name = "x" * secrets.randbelow(LONGEST_NAME)
    with gzip.GzipFile(name, "wb", LEVEL, packed, mtime=0) as file:
        file.write(body)
    response.set_data(packed.getvalue())
    response.headers["Content-Encoding"] = "gzip"
    return response
