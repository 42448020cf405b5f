"""Step 5: the policy to start from. What is said of each is made from its own rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flask import abort, flash, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import DataRequired

from admin_ui import who
from admin_ui.gate import gate
from admin_ui.record import record
from admin_ui.setup import door, progress
from admin_ui.setup.blueprint import blueprint
from appliance import policy_file
from appliance.policy_file import prose
from appliance.publish.compile import misfits
from appliance.store import policies

KEEP = "keep"
SENTENCES = 3  # in the few words about a template


@dataclass(frozen=True, slots=True)
class About:
    """A template in short. words: what it says of social media, from its rules."""

    name: str
    title: str
    school: str
    words: str
    rules: int


class PolicyForm(FlaskForm):
    """Which policy."""

    policy = RadioField(
        "Which policy do you start from?", widget=GovRadioInput(),
        validators=[DataRequired("Choose a policy")],
    )  # fmt: skip


@blueprint.route("/setup/policy", methods=["GET", "POST"])
@door.step("policy")
def policy() -> str | Response:
    """Ask which policy to start from."""
    with gate().reading() as session:
        current = policies.current_policy(session)
        source, text = (current.source, current.text) if current else ("", "")
    chosen = next((n for n in policy_file.TEMPLATES if text == policy_file.template_text(n)), KEEP)
    choices = [
        (one.name, f"{one.school}: {one.title}") for one in map(about, policy_file.TEMPLATES)
    ]
    if chosen == KEEP and text:
        choices.insert(0, (KEEP, f"Keep the policy in force ({source})"))
    form = PolicyForm(data={"policy": chosen})
    form.policy.choices = choices
    if form.validate_on_submit():
        _use(form.policy.data, chosen)
        return door.onwards("policy")
    abouts = {name: about(name) for name in policy_file.TEMPLATES}
    return door.page("policy", form=form, abouts=abouts)


@blueprint.get("/setup/policy/<name>")
@door.step("policy")
def read_policy(name: str) -> str:
    """A template, rule by rule, as sentences."""
    if name not in policy_file.TEMPLATES:
        abort(404)
    document = policy_file.template(name)
    return render_template(
        "setup/read_policy.html", document=document, lines=prose.explain(document),
        back=url_for("setup.policy"), number=progress.number("policy"), total=progress.TOTAL,
    )  # fmt: skip


def _use(name: str, before: str) -> None:
    with gate().writing() as session:
        progress.mark(session, "policy")
        if name == before:
            return
        text, by = policy_file.template_text(name), who.me().login
        policies.set_policy(session, text, name, by, "chosen in the set-up", gate().real())
        record(session, "policy.changed", name, reason="chosen in the set-up", instead_of=before)
        unfit = misfits(session)
    for one in unfit:
        flash(f"The {one.kind} {one.name} has the role {one.role}, which this policy does not "
              f"know: it counts as {one.counts_as} until you change it.", "warning")  # fmt: skip
    door.tell(f"The policy is now {about(name).title} of {about(name).school}.")


@cache
def about(name: str) -> About:
    """Return a template in short."""
    document = policy_file.template(name)
    speaking = [
        prose.sentence(rule, document) for rule in document.rules
        if any(what.partition(":")[2] == "social_media" for what in rule.what)
    ]  # fmt: skip
    said = speaking or [prose.sentence(rule, document) for rule in document.rules]
    return About(
        name, document.policy.name, document.policy.school, " ".join(said[:SENTENCES]),
        len(document.rules),
    )  # fmt: skip
