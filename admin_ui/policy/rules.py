"""One rule: changed, added, removed. Only what a form changes is changed in the file."""

from __future__ import annotations

from typing import Any, Final

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_ui.gate import gate
from admin_ui.policy.blueprint import blueprint
from admin_ui.policy.rule_form import RuleForm, as_written
from admin_ui.policy.working import Working, keep, working
from appliance.policy_file import PolicyFileError, prose
from appliance.policy_file.edit import EditError, with_item, with_value, without
from appliance.policy_file.mistakes import Mistake
from appliance.policy_file.schema import RuleEntry

# Which field of the form a field of the file is told beside.
BESIDE: Final = {"id": "id", "clause": "clause", "action": "action", "who": "who", "what": "what",
          "when": "when", "ownership": "ownership", "permission": "permission",
          "grants": "grants", "monitor": "monitor", "text": "text"}  # fmt: skip


@blueprint.route("/policy/rules/<id_>", methods=["GET", "POST"])
def rule(id_: str) -> str | AnyResponse | tuple[str, int]:
    """Change a rule."""
    base = _base()
    place, held = _find(base, id_)
    form = RuleForm()
    form.offer(base.document, held)
    if request.method == "GET":
        form.show(held)
    elif form.validate():
        away = _changed(form, base, place, held)
        if away is not None:
            return away
    page = render_template(
        "policy/rule.html", form=form, rule=held, said=prose.sentence(held, base.document),
        urls=held.urls, fresh=base.fresh,
    )  # fmt: skip
    return (page, 422) if form.errors else page


@blueprint.route("/policy/new-rule", methods=["GET", "POST"])
def new_rule() -> str | AnyResponse | tuple[str, int]:
    """Add a rule; ?role=&what= fill the form in."""
    base = _base()
    form = RuleForm()
    form.offer(base.document)
    if request.method == "GET":
        _fill(form)
    elif form.validate():
        fields = {key: value for key, value in form.written().items() if value is not None}
        away = _kept(form, lambda: with_item(base.text, ("rules",), fields), None)
        if away is not None:
            return away
    page = render_template("policy/rule.html", form=form, rule=None, said="", urls=(),
                           fresh=base.fresh)  # fmt: skip
    return (page, 422) if form.errors else page


@blueprint.post("/policy/rules/<id_>/remove")
def remove_rule(id_: str) -> AnyResponse:
    """Take a rule out of the policy; what that changes is shown before it is in force."""
    base = _base()
    place, _ = _find(base, id_)
    try:
        return keep(without(base.text, ("rules", place)))
    except (EditError, PolicyFileError) as error:
        flash(f"The rule cannot be removed by itself: {error}", "error")
        return redirect(url_for("policy.rule", id_=id_), 303)


def _base() -> Working:
    with gate().reading() as session:
        return working(session)


def _find(base: Working, id_: str) -> tuple[int, RuleEntry]:
    found = next(((p, r) for p, r in enumerate(base.document.rules) if r.id == id_), None)
    if found is None:
        abort(404)
    return found


def _changed(form: RuleForm, base: Working, place: int, held: RuleEntry) -> AnyResponse | None:
    before, after = as_written(held), form.written()
    changes = {key: value for key, value in after.items() if value != before[key]}

    def text() -> str:
        written = base.text
        for key, value in changes.items():
            path = ("rules", place, key)
            written = without(written, path) if value is None else with_value(written, path, value)
        return written

    return _kept(form, text, place)


def _kept(form: RuleForm, text: Any, place: int | None) -> AnyResponse | None:
    """Keep what a form makes of the file, or put its mistakes beside the fields."""
    try:
        return keep(text())
    except EditError as error:
        form.form_errors.append(
            f"The file is written in a way that this form cannot change: {error}. Please change "
            "it as text."
        )
    except PolicyFileError as error:
        for mistake in error.mistakes:
            _blame(form, mistake)
    return None


def _blame(form: RuleForm, mistake: Mistake) -> None:
    last = mistake.field.rpartition(".")[2].partition("[")[0]
    said = f"{mistake.message} (line {mistake.line} of the file)"
    name = BESIDE.get(last, "")
    if mistake.field.startswith("rules") and name:
        site = name == "what" and any(word in mistake.message for word in ("host", "URL", "name"))
        field = form.sites if site and form.sites.data else form[name]
        field.errors = [*field.errors, said]
    else:
        form.form_errors.append(f"{mistake.field or 'The file'}: {said}")


def _fill(form: RuleForm) -> None:
    offered = {choice.value for choice in form.what.choices}
    role, what = request.args.get("role", ""), request.args.getlist("what")
    form.who.data = [f"role:{role}"] if role else []
    form.what.data = [text for text in what if text in offered]
    form.sites.data = "\n".join(
        text.partition(":")[2] for text in what if text.startswith(("host:", "url:"))
    )[:2000]
    form.action.data = request.args.get("action", "")
