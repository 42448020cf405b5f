"""The Flask application: what every page has in common. The pages are blueprints."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from admin_ui import (
    dates,
    demonstration,
    doorkeeper,
    headers,
    key,
    layout,
    limits,
    mailing,
    management,
    navigation,
    pages,
    who,
)
from admin_ui.accounts import pages as accounts
from admin_ui.audit import pages as audit
from admin_ui.devices import pages as devices
from admin_ui.doctor import pages as doctor
from admin_ui.gate import Gate, StoreAwayError, gate
from admin_ui.help import pages as help_
from admin_ui.home import pages as home
from admin_ui.lists import pages as lists
from admin_ui.log import pages as log
from admin_ui.look_alikes import pages as look_alikes
from admin_ui.policy import pages as policy
from admin_ui.reports import pages as reports
from admin_ui.requests import pages as requests
from admin_ui.sanctions import pages as sanctions
from admin_ui.settings import WebSettings
from admin_ui.setup import pages as setup
from admin_ui.sign_in_here import pages as sign_in_here
from admin_ui.signals import pages as signals
from admin_ui.signin import alarm
from admin_ui.signin import pages as signin
from admin_ui.timetable import pages as timetable
from admin_ui.why import pages as why

# One for each area of the pages; templates/ has a folder of the same name.
BLUEPRINTS: Final = (
    pages.blueprint, signin.blueprint, sign_in_here.blueprint, setup.blueprint, home.blueprint,
    accounts.blueprint, requests.blueprint, reports.blueprint, log.blueprint, sanctions.blueprint,
    devices.blueprint, lists.blueprint, look_alikes.blueprint, policy.blueprint,
    timetable.blueprint, why.blueprint, doctor.blueprint, audit.blueprint, help_.blueprint,
    signals.blueprint,
)  # fmt: skip
MESSAGES: Final = {
    400: ("This could not be read", "Something in the form was missing or out of date. Please go "
          "back, load the page again and send it once more."),
    401: ("You are not signed in any more", "Please sign in and do it again. Nothing was changed."),
    403: ("This is not open to you", "Your account may not do this. The technician can tell you "
          "who may."),
    404: ("No such page", "There is no page at this address. The links at the top lead to those "
          "there are."),
    405: ("This cannot be done here", "This page does not take what was sent to it."),
    413: ("This is too large", "The file or form is larger than this page takes. Nothing was "
          "kept."),
    429: ("Too many at once", "Please wait a minute, then try again."),
    500: ("Something went wrong", "This page could not be made. The filter itself works on. Please "
          "tell the technician."),
}  # fmt: skip
OUTSIDE: Final = (
    "This opens from the school’s management network only",
    "You are on another network of the school. What everybody needs opens here, and staff’s "
    "own pages once you have signed in; the pages of every other post open only from where "
    "the school manages the gate. The technician can tell you where that is.",
)


def create_app(settings: WebSettings) -> Flask:
    """Return the admin UI of the gate on ``settings.data``.

    Raises:
        OSError, ValueError: the key that signs forms can neither be read nor made.
    """
    app = Flask("admin_ui", root_path=__file__.rpartition("/")[0])
    app.config.update(
        SECRET_KEY=key.ensure(settings.data), WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="__Host-form" if settings.tls else "bellgate-form",
        SESSION_COOKIE_SECURE=settings.tls is not None, SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12), MAX_FORM_MEMORY_SIZE=1 << 20,
        MAX_CONTENT_LENGTH=5 << 20, MAX_FORM_PARTS=2000,
    )  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_options["loader"] = _templates(app)
    app.extensions["gate"] = Gate(settings)
    limits.install(app)  # before what reads forms
    CSRFProtect(app)
    layout.install(app)
    mailing.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(who.load)
    app.before_request(doorkeeper.check)
    app.context_processor(_everywhere)
    headers.protect(app, tls=settings.tls is not None)
    for code in MESSAGES:
        app.register_error_handler(code, _message)
    app.register_error_handler(StoreAwayError, _store_away)
    _filters(app)
    return app


def _templates(app: Flask) -> ChoiceLoader:
    ours = app.jinja_loader
    assert ours is not None
    app.jinja_env.loader = ChoiceLoader(
        [
            ours,
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    return app.jinja_env.loader


def _everywhere() -> dict[str, object]:
    view = gate().view()
    return {
        "view": view, "school": view.snapshot.contents.school, "page": request.endpoint,
        "demonstration": demonstration.shown(),
        "account": who.account(), "outside": management.outside(),
        "navigation": navigation.links(), "alarm": alarm.sounding(),
    }  # fmt: skip


def _filters(app: Flask) -> None:
    """Dates in the school's zone: ``{{ when|moment }}``; ``Monday 23 November, 10:35am``."""
    app.add_template_filter(lambda when: dates.moment(when, gate().view().zone), "moment")
    app.add_template_filter(lambda when: dates.long_moment(when, gate().view().zone), "long_moment")
    app.add_template_filter(dates.day, "day")
    app.add_template_filter(dates.long_day, "long_day")
    app.add_template_filter(
        lambda when: dates.clock_time(when.astimezone(gate().view().zone)), "clock_time"
    )


def _message(error: Exception) -> tuple[str, int]:
    code = getattr(error, "code", None) or 500
    title, said = MESSAGES.get(code, MESSAGES[500])
    if code == 403 and management.outside():
        title, said = OUTSIDE
    g.setdefault("session", None)
    return render_template("message.html", title=title, message=said), code


def _store_away(error: StoreAwayError) -> tuple[str, int]:
    said = (
        "The database cannot be used at the moment, so this page cannot be shown and nothing "
        f"was changed. The filter goes on as it is. Please tell the technician ({error})."
    )
    return render_template("message.html", title="Please try again soon", message=said), 503
