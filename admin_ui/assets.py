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


class Reader:
    """Reads the manifest, and again when it was built anew: no restart is asked for."""

    def __init__(self, static: Path) -> None:
        self._folder = static / BUILD
        self._read: tuple[int, Assets] | None = None

    def now(self) -> Assets:
        """Return what there is; nothing is the same as not built."""
        manifest = self._folder / "manifest.json"
        try:
            changed = manifest.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                names = json.loads(manifest.read_text(encoding="utf-8"))
                self._read = (changed, Assets(self._folder, names))
        except (OSError, ValueError):  # missing, or just being swapped for another
            return self._read[1] if self._read else Assets(self._folder, {})
        return self._read[1]


def read(static: Path) -> Assets:
    """Return what lies in a static folder now."""
    return Reader(static).now()


def built(app: Flask) -> bool:
    """Whether there is anything to serve."""
    return bool(read(Path(app.static_folder or "")).names)


def install(app: Flask) -> None:
    """Give templates ``asset('bellgate.css')``, and serve what it names."""
    reader = Reader(Path(app.static_folder or ""))

    def asset(name: str) -> str:
        return url_for("static", filename=f"{BUILD}/{reader.now().file(name)}")

    def serve(filename: str) -> Response:
        folder, _, name = filename.rpartition("/")
        held = reader.now()
        if folder == BUILD and name in held.names.values():
            return _built_file(held.folder, name)
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
