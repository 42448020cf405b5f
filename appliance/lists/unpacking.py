"""Unpacking a body on its way (Content-Encoding, RFC 9110), in pieces of a bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from appliance.lists.body import FetchError

PART: Final = 1 << 18  # bytes: however much a piece unpacks to, no more is in memory at once
_GZIP: Final = 16 + zlib.MAX_WBITS


class Unpacker:
    """Unpacks gzip, or hands on what is not packed.

    Raises:
        FetchError: another encoding was used than the one asked for.
    """

    def __init__(self, encoding: str) -> None:
        named = encoding.strip().lower()
        if named not in ("", "identity", "gzip", "x-gzip"):
            raise FetchError("The server packs it in a way that was not asked for.")
        self._packed = named.endswith("gzip")
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece holds.

        Raises:
            FetchError: it is damaged.
        """
        if not self._packed:
            yield piece
            return
        try:
            full = False  # the stream may hold more than it gave, with nothing left to feed it
            while piece or full:
                self._begun = True
                part = self._stream.decompress(piece, PART)
                if part:
                    yield part
                full, piece = len(part) == PART, self._stream.unconsumed_tail
                if self._stream.eof:  # several streams, one after the other (RFC 1952, 2.2)
                    full, piece = False, self._stream.unused_data
                    self._stream = zlib.decompressobj(_GZIP)
                    self._begun = bool(piece)
        except zlib.error as error:
            raise FetchError("It came damaged: it cannot be unpacked.") from error

    def finish(self) -> None:
        """See that nothing is missing at the end.

        Raises:
            FetchError: half of it is.
        """
        if self._packed and self._begun:
            raise FetchError("The connection broke off before all of it was there.")
