"""An address as a QR code, so that nobody types it on a tablet. A picture, without any script."""

from __future__ import annotations

import io

import segno


def svg(address: str) -> bytes:
    """Return a QR code of an address as SVG, black on white with its quiet zone."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, light="#fff", xmldecl=True, svgns=True,
        title="QR code of this page’s address",
    )  # fmt: skip
    return out.getvalue()
