"""Fetching a list by HTTP or HTTPS: conditional, streamed to the disk, within limits.

It fails to what was there: whatever goes wrong is a ``FetchError`` with a sentence, and the
caller keeps the list that it has.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from appliance.lists.acceptance import wrong_type
from appliance.lists.body import Body, FetchError, Known, Limits, check_size
from appliance.lists.connection import Watch, session, trusted
from appliance.lists.formats import Format
from appliance.lists.local import fetch_local
from appliance.lists.subscription import is_file
from appliance.lists.trouble import sentence
from appliance.lists.unpacking import Unpacker

PIECE: Final = 1 << 16  # bytes
HEAD: Final = 512  # bytes that tell what a body is
AGENT: Final = "Bellgate (school network filter; list subscription)"
_MOVED: Final = (301, 302, 303, 307, 308)
Progress = Callable[[int, int | None], None]


def fetch(
    address: str,
    format_: Format,
    into: Path,
    *,
    known: Known | None = None,
    limits: Limits | None = None,
    proxy: str = "",
    trust: Path | None = None,
    progress: Progress | None = None,
) -> Body | None:
    """Fetch a list into a folder; None: it is the one that is known already.

    proxy: an HTTP proxy's address; those of the environment count for nothing. trust: CAs
    (PEM) in place of the system's. progress: is told bytes so far, and in all where the
    source says; what it raises ends the fetch.

    Raises:
        FetchError: it is not to be had, or is no list.
        OSError: the disk is full.
    """
    limits, known = limits or Limits(), known or Known()
    if is_file(address):
        return fetch_local(address, format_, known=known, limits=limits)
    with Watch(limits.seconds) as watch, session(watch, proxy, trusted(trust)) as line:
        try:
            response = _followed(line, address, known, limits)
            with response:
                if response.status_code == 304:
                    return None
                return _kept(response, format_, into, limits, progress, watch)
        except (RequestException, HTTPError) as error:
            raise FetchError(_late(limits) if watch.cut else sentence(error)) from error
        except ValueError as error:  # the client itself reads where a redirect leads
            raise FetchError("It was redirected to an address that makes no sense.") from error


def _followed(
    line: requests.Session, address: str, known: Known, limits: Limits
) -> requests.Response:
    headers = {"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
    # Either is enough where a source knows it; where it knows both, the tag counts (RFC 9110).
    headers |= {"If-None-Match": known.etag} if known.etag else {}
    headers |= {"If-Modified-Since": known.modified} if known.modified else {}
    for _ in range(limits.redirects + 1):
        response = line.get(
            address, headers=headers, stream=True, allow_redirects=False, timeout=limits.quiet
        )
        if response.status_code not in _MOVED:
            _check_status(response, asked="If-None-Match" in headers or bool(known.modified))
            return response
        response.close()
        address = _next(address, response.headers.get("Location", ""))
    raise FetchError(f"It was redirected more than {limits.redirects} times.")


def _next(address: str, location: str) -> str:
    """Return where a redirect leads; nobody on the way may send us to where it can be changed."""
    try:
        target = urljoin(address, location)
        parts = urlsplit(target)
        host = parts.hostname or ""
    except ValueError as error:
        raise FetchError("It was redirected to an address that makes no sense.") from error
    if parts.scheme != "https" or not host or "@" in parts.netloc:
        raise FetchError("It was redirected to an address without HTTPS: not followed.")
    return target


def _check_status(response: requests.Response, *, asked: bool) -> None:
    status = response.status_code
    if status == 200 or (status == 304 and asked):
        return
    response.close()
    said = {404: "there is no such file", 403: "it may not be fetched", 401: "it asks for a "
            "password", 410: "it is gone for good", 429: "it was asked too often"}  # fmt: skip
    words = said.get(status, "it does not give it")
    raise FetchError(f"The server answered {status}: {words}.")


def _kept(
    response: requests.Response, format_: Format, into: Path, limits: Limits,
    progress: Progress | None, watch: Watch,
) -> Body:  # fmt: skip
    total = _length(response)
    check_size(total or 0, limits)
    path = into / "body"
    with path.open("xb") as file:
        size = _poured(response, file, format_, limits, progress, total)
    if watch.cut:  # a body without a length ends like this, and looks whole
        raise FetchError(_late(limits))
    if not size:
        raise FetchError("It is empty.")
    return Body(
        path=path, size=size, etag=_said(response, "ETag"),
        modified=_said(response, "Last-Modified"),
    )  # fmt: skip


def _poured(
    response: requests.Response, file: IO[bytes], format_: Format, limits: Limits,
    progress: Progress | None, total: int | None,
) -> int:  # fmt: skip
    unpacker = Unpacker(response.headers.get("Content-Encoding", ""))
    received = written = 0
    head = b""
    called = response.headers.get("Content-Type", "")
    for piece in _pieces(response):
        received += len(piece)
        check_size(received, limits)
        for part in unpacker.unpack(piece):
            if len(head) < HEAD:  # what comes first may come in crumbs
                head += part[:HEAD]
                _check_type(format_, called, head)
            written += len(part)
            check_size(written, limits)  # a few kilobytes may unpack to gigabytes
            _need_room(file, limits)
            file.write(part)
        if progress is not None:
            progress(received, total)
    unpacker.finish()
    return written


def _check_type(format_: Format, called: str, head: bytes) -> None:
    wrong = wrong_type(format_, called, head)
    if wrong:
        raise FetchError(wrong)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    assert isinstance(response.raw, urllib3.HTTPResponse)
    yield from response.raw.stream(PIECE, decode_content=False)


def _need_room(file: IO[bytes], limits: Limits) -> None:
    if shutil.disk_usage(file.name).free < limits.room:
        raise FetchError("There is no room for it on the disk.")


def _length(response: requests.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _said(response: requests.Response, name: str) -> str:
    """Return a header to send back one day; one that cannot be is as good as none."""
    text = response.headers.get(name, "")
    return text if len(text) <= 200 and text.isascii() and text.isprintable() else ""


def _late(limits: Limits) -> str:
    return f"It took longer than {limits.seconds:g} seconds."
