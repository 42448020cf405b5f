"""The built style sheets, scripts and fonts: their addresses, and serving them.

``.ci/assets`` builds them into ``static/build`` under names with a hash of the content, so
a browser may keep them for ever; beside each lies a copy compressed as gzip and as Brotli.
"""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask, Response, request, send_from_directory, url_for

BUILD: Final = "build"
FOR_EVER: Final = "public, max-age=31536000, immutable"
ENCODINGS: Final = {"br": ".br", "gzip": ".gz"}  # best first


class AssetsMissingError(Exception):
    """The style sheets and scripts have not been built."""

    def __str__(self) -> str:
        return "The admin UI's style sheet and scripts have not been built: run .ci/assets"


@dataclass(frozen=True, slots=True)
class Assets:
    """What was built. names: from the name that pages use to the file's."""

    folder: Path
    names: dict[str, str]

    def file(self, name: str) -> str:
        """Return the file's name.

        Raises:
            AssetsMissingError: nothing was built.
            KeyError: this is not among what was built.
        """
        if not self.names:
            raise AssetsMissingError
        return self.names[name]


def read(static: Path) -> Assets:
    """Return what lies in a static folder; nothing is the same as not built."""
    folder = static / BUILD
    try:
        names = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        names = {}
    return Assets(folder, names)


def built(app: Flask) -> bool:
    """Whether there is anything to serve."""
    return bool(read(Path(app.static_folder or "")).names)


def install(app: Flask) -> None:
    """Give templates ``asset('bellgate.css')``, and serve what it names."""
    static = Path(app.static_folder or "")
    found = read(static)

    def asset(name: str) -> str:
        return url_for("static", filename=f"{BUILD}/{_built().file(name)}")

    def _built() -> Assets:
        return found if found.names else read(static)  # built since: no restart is asked for

    def serve(filename: str) -> Response:
        folder, _, name = filename.rpartition("/")
        if folder == BUILD and name in _built().names.values():
            return _built_file(_built().folder, name)
        return app.send_static_file(filename)

    app.view_functions["static"] = serve
    app.add_template_global(asset, "asset")
    app.register_error_handler(AssetsMissingError, _say_missing)


def _built_file(folder: Path, name: str) -> Response:
    sent, encoding = name, ""
    for offered, suffix in ENCODINGS.items():
        if request.accept_encodings[offered] > 0 and (folder / (name + suffix)).exists():
            sent, encoding = name + suffix, offered
            break
    response = send_from_directory(folder, sent, mimetype=mimetypes.guess_type(name)[0])
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOR_EVER
    return response


def _say_missing(error: AssetsMissingError) -> Response:
    return Response(f"{error}\n", 503, content_type="text/plain; charset=utf-8")
