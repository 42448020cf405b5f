"""The templates of the pages that the proxy shows. Everything put into them is escaped."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from proxy_addons.answer import fields

# What a page may do: show itself. No script, no frame, nothing loaded from anywhere.
_SECURITY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
HTML: Final = fields(
    {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": _SECURITY + "; form-action 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
)


def render(template: str, **values: object) -> bytes:
    """Return a page as UTF-8."""
    return _templates().get_template(template).render(values).encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("proxy_addons"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
