"""Sign-in with Google Workspace or Microsoft 365: what the provider gave the technician."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovPasswordInput, GovTextInput
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import Length

from admin_ui.accounts.blueprint import blueprint
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.signin import checking, vouching
from admin_ui.signin.again import signed_again
from appliance.accounts import provider
from appliance.accounts.sealing import seal
from appliance.store import web_settings

FIELDS: Final = ("name", "discovery", "client_id", "domains", "web_address")


class ProviderForm(FlaskForm):
    """What identifies the school to the provider, and whom it may vouch for."""

    name = StringField(
        "What the button says", widget=GovTextInput(), validators=[Length(max=60)],
        description="Such as Google or Microsoft 365",
    )  # fmt: skip
    discovery = StringField(
        "Discovery address", widget=GovTextInput(), validators=[Length(max=500)],
        description=f"Google: {provider.GOOGLE}. Microsoft 365: https://login.microsoftonline.com/"
        "YOUR-TENANT-ID/v2.0/.well-known/openid-configuration",
    )  # fmt: skip
    client_id = StringField("Client id", widget=GovTextInput(), validators=[Length(max=500)])
    client_secret = PasswordField(
        "Client secret", widget=GovPasswordInput(), validators=[Length(max=1000)],
        description="Kept sealed. Leave it empty to keep the one there is.",
    )  # fmt: skip
    domains = StringField(
        "Domains of the school’s e-mail addresses", widget=GovTextInput(),
        validators=[Length(max=500)],
        description="Only people with an address there are let in, such as school.example",
    )  # fmt: skip
    web_address = StringField(
        "Address of these pages", widget=GovTextInput(), validators=[Length(max=253)],
        description="Register this with /sign-in/provider/back behind it as the redirect address",
    )  # fmt: skip
    makes_accounts = BooleanField(
        "Make an account, as a member of staff, for whoever the provider vouches for",
        widget=GovCheckboxInput(),
    )  # fmt: skip


@blueprint.route("/accounts/provider", methods=["GET", "POST"])
def provider_settings() -> str | AnyResponse:
    """Show and keep the settings; the secret goes in and never comes out."""
    if (away := signed_again()) is not None:
        return away
    with gate().reading() as session:
        kept = web_settings.get(session, vouching.KEY)
    shown = {"web_address": request.host_url.rstrip("/"), **kept, "client_secret": ""}
    form = ProviderForm(data=shown)
    if form.validate_on_submit():
        given = {name: (form[name].data or "").strip() for name in FIELDS}
        try:
            provider.checked(given)
        except ValueError as error:
            field, _, words = str(error).partition(": ")
            form[field].errors = [words[:1].upper() + words[1:]]
        else:
            return _keep(given, form, kept)
    return render_template("accounts/provider.html", form=form, kept=bool(kept),
                           has_secret=bool(kept.get("client_secret")))  # fmt: skip


@blueprint.post("/accounts/provider/off")
def provider_off() -> AnyResponse:
    """Let nobody in by the provider any more, and forget the secret."""
    if (away := signed_again(url_for("accounts.provider_settings"))) is not None:
        return away
    with gate().writing() as session:
        web_settings.put(session, vouching.KEY, {})
        record(session, "account.provider_turned_off")
    flash("Sign-in by the provider is off, and its settings are forgotten.", "success")
    return redirect(url_for("accounts.provider_settings"), 303)


def _keep(given: dict[str, str], form: ProviderForm, kept: dict[str, object]) -> AnyResponse:
    # The secret goes to the provider it was given for, and to no other.
    same = all(kept.get(name) == given[name] for name in ("discovery", "client_id"))
    sealed = str(kept.get("client_secret") or "") if same else ""
    if form.client_secret.data:
        sealed = seal(checking.key(), vouching.PURPOSE, form.client_secret.data).hex()
    makes = bool(form.makes_accounts.data)
    with gate().writing() as session:
        value = {**given, "client_secret": sealed, "makes_accounts": makes}
        web_settings.put(session, vouching.KEY, value)
        record(session, "account.provider_changed", given["name"], discovery=given["discovery"],
               domains=given["domains"], makes_accounts=makes)  # fmt: skip
    flash("The settings are kept. Sign out and try the new button.", "success")
    return redirect(url_for("accounts.provider_settings"), 303)
