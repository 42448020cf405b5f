"""The pages that anybody on the school's network may see. None shows who went where."""

from __future__ import annotations

from ipaddress import ip_address

from flask import Blueprint, Response, abort, render_template, request

from admin_ui import authority, pac
from admin_ui.gate import View, gate
from admin_ui.help import policy_words
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


@blueprint.get("/ca")
def ca() -> str:
    """The school's certificate: its fingerprint and how to install it."""
    return render_template("ca.html", root=authority.root(gate().settings.data))


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
