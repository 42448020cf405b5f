"""The pages that anybody on the school's network may see. None shows who went where."""

from __future__ import annotations

import json
from ipaddress import ip_address

from flask import Blueprint, Response, abort, render_template, request, url_for

from admin_ui import authority, headers, pac, who
from admin_ui.certificate import qr, self_test
from admin_ui.certificate.platforms import PLATFORMS
from admin_ui.gate import View, gate
from admin_ui.help import policy_words
from admin_ui.sanctions.this_device import stopped
from admin_ui.words import period_words, state_words

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def home() -> str:
    """How the gate is, and what it enforces."""
    view = gate().view()
    return render_template(
        "home.html", state=state_words(view), periods=period_words(view),
        policy=view.snapshot.contents.policy, rules=view.snapshot.contents.rules,
        review_due=_review_due(view), readers=policy_words.readers(),
        stopped=stopped(view),
    )  # fmt: skip


@blueprint.get("/proxy.pac")
def proxy_pac() -> Response:
    """The proxy auto-configuration file, where the explicit proxy is on."""
    proxy = gate().settings.proxy
    if proxy is None:
        abort(404)
    host, port = proxy
    if ip_address(host).is_unspecified:  # it listens everywhere: the name we were asked by
        host = request.host.rpartition(":")[0] or request.host
    text = pac.pac((host, port), gate().view().snapshot.contents.steerable)
    return Response(text, content_type=pac.CONTENT_TYPE)


@blueprint.get("/captive-portal")
def captive_portal() -> Response:
    """What a device asks of a network (RFC 8908): nobody is held back; where to say who one is."""
    said: dict[str, object] = {"captive": False}
    portal = gate().view().snapshot.contents.school.portal.rstrip("/")
    if portal:  # never by the name that we were asked by, which anybody may make up
        said |= {"user-portal-url": portal + url_for("sign_in_here.index")}
    response = Response(json.dumps(said), content_type="application/captive+json")
    response.headers["Cache-Control"] = "private"
    return response


@blueprint.get("/ca")
def ca() -> str:
    """The school's certificate: its fingerprint, how to install it, and whether it is trusted."""
    data, view = gate().settings.data, gate().view()
    test = self_test.origin(data)
    if test:
        headers.pictures_from(test)
    client = view.snapshot.register.resolve(request.remote_addr or "::")
    return render_template(
        "ca.html", root=authority.root(data), test=test, platforms=PLATFORMS, client=client,
        posts=account.posts if (account := who.account()) is not None else frozenset(),
    )  # fmt: skip


@blueprint.get("/ca/qr.svg")
def ca_qr() -> Response:
    """The address of the certificate's page as a QR code."""
    picture = qr.svg(url_for("pages.ca", _external=True))
    return Response(picture, content_type="image/svg+xml")


@blueprint.get("/ca.<any(pem, der, mobileconfig):form>")
def ca_file(form: str) -> Response:
    """The school's certificate as a download."""
    school = gate().view().snapshot.contents.school.name
    found = authority.download(gate().settings.data, form, school)
    if found is None:
        abort(404)
    response = Response(found.data, content_type=found.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="bellgate.{form}"'
    return response


def _review_due(view: View) -> bool:
    next_review = view.snapshot.contents.policy.next_review
    return next_review is not None and next_review <= view.at.date()
