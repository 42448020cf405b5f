"""What every answer says to the browser, so that nothing foreign runs in a page.

Sources: OWASP Secure Headers; Content Security Policy Level 3; RFC 6797 (HSTS).
"""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

# No inline script or style anywhere, nothing from elsewhere, no frames, no plug-ins.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
# Passkeys are all that a page asks of the device.
PERMISSIONS_POLICY: Final = (
    "publickey-credentials-get=(self), publickey-credentials-create=(self), accelerometer=(), "
    "autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), "
    "payment=(), usb=(), xr-spatial-tracking=()"
)
HSTS: Final = "max-age=31536000"  # this name alone: other names of the school are not ours


def protect(app: Flask, *, tls: bool = False) -> None:
    """Put the headers on every answer of an application. tls: it is served by HTTPS."""

    def headers(response: Response) -> Response:
        told = response.headers
        told["Content-Security-Policy"] = _policy()
        told["Permissions-Policy"] = PERMISSIONS_POLICY
        told["X-Content-Type-Options"] = "nosniff"
        told["X-Frame-Options"] = "DENY"
        told["Referrer-Policy"] = "same-origin"
        told["Cross-Origin-Opener-Policy"] = "same-origin"
        told["Cross-Origin-Resource-Policy"] = "same-origin"
        if tls and request.host.partition(":")[0] != "localhost":  # where others' servers run too
            told["Strict-Transport-Security"] = HSTS
        if "Cache-Control" not in told:
            told["Cache-Control"] = "no-store"
        return response

    app.after_request(headers)


def pictures_from(origin: str) -> None:
    """Let the page of this request show pictures of one more origin, and of no other."""
    g.pictures_from = origin


def _policy() -> str:
    origin = g.get("pictures_from", "")
    if not origin:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {origin}")
