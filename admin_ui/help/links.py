"""Links of help pages to the pages they speak of: never to one that is not there."""

from __future__ import annotations

from flask import current_app, url_for
from markupsafe import Markup

from admin_ui import access, who


def page_link(endpoint: str, text: str) -> Markup:
    """Return a link to a page; its name alone for whoever is signed in and may not open it.

    Whoever is not signed in gets the link: it leads to sign-in and on from there.
    """
    account = who.account()
    shut = account is not None and not access.allowed(endpoint, account.posts)
    if shut or endpoint not in current_app.view_functions:
        return Markup("<strong>{}</strong>").format(text)
    return Markup('<a class="govuk-link" href="{}">{}</a>').format(url_for(endpoint), text)
