"""The form of one rule: its fields as people fill them in, and as the file has them."""

from __future__ import annotations

from typing import Any, Final

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from appliance.policy.model import PeriodKind
from appliance.policy_file import PolicyDocument, catalogue
from appliance.policy_file.build_time import timetables
from appliance.policy_file.prose import Namer
from appliance.policy_file.schema import RuleEntry
from appliance.policy_file.slot_words import KINDS, capital

EVERYONE: Final = "everyone"


class RuleForm(FlaskForm):
    """One rule. The choices are those of the policy: see ``offer``."""

    id = StringField(
        "Short name of the rule", widget=GovTextInput(),
        validators=[
            InputRequired("Give the rule a short name"),
            Regexp(r"^[a-z0-9][a-z0-9._-]{0,63}$", message="Use small letters, digits and dashes, "
                   "such as tiktok-at-break"),
        ],
        description="Small letters, digits and dashes, such as tiktok-at-break. It stands in the "
        "log beside what the rule decided.",
    )  # fmt: skip
    action = RadioField(
        "What does the rule do?", widget=GovRadioInput(),
        choices=[SelectChoice("block", "Block"), SelectChoice("allow", "Allow")],
        validators=[InputRequired("Choose block or allow")],
    )  # fmt: skip
    who = SelectMultipleField(
        "Whom does it speak of?", widget=GovCheckboxesInput(),
        validators=[InputRequired("Choose at least one")], choices=[],
    )  # fmt: skip
    what = SelectMultipleField(
        "Which kinds of content or services?", widget=GovCheckboxesInput(), choices=[],
        validators=[Optional()],
        description="A rule on a kind of content covers all that is part of it. A rule on one "
        "service counts for more than one on its kind.",
    )  # fmt: skip
    sites = TextAreaField(
        "Single sites and pages", widget=GovTextArea(), validators=[Length(max=20_000)],
        description="One on each line: a site such as example.com (with all below it), or a page "
        "such as example.com/games.",
    )  # fmt: skip
    when = SelectMultipleField(
        "When does it hold?", widget=GovCheckboxesInput(), validators=[Optional()], choices=[],
        description="Tick none for always.",
    )  # fmt: skip
    ownership = RadioField(
        "On whose devices?", widget=GovRadioInput(), default="",
        choices=[SelectChoice("", "Any"), SelectChoice("school", "School-owned devices only"),
                 SelectChoice("personal", "Personal devices only")],
        validators=[Optional()],
    )  # fmt: skip
    permission = SelectField(
        "Only with a standing permission?", widget=GovSelect(), choices=[],
        validators=[Optional()], default="",
    )  # fmt: skip
    grants = RadioField(
        "Can a request open what it blocks?", widget=GovRadioInput(), default="allowed",
        choices=[SelectChoice("allowed", "Yes, if the request is approved"),
                 SelectChoice("never", "No, never")],
        validators=[Optional()],
    )  # fmt: skip
    monitor = RadioField(
        "Is allowed use written down?", widget=GovRadioInput(), default="true",
        choices=[SelectChoice("true", "Yes"), SelectChoice("false", "No")], validators=[Optional()],
    )  # fmt: skip
    clause = StringField(
        "Clause of the paper policy", widget=GovTextInput(),
        validators=[InputRequired("Name the clause that the rule carries out"), Length(max=60)],
    )  # fmt: skip

    text = StringField(
        "Own words for the block page", widget=GovTextInput(), validators=[Length(max=500)],
        description="Leave it empty: then the page says what the rule says.",
    )  # fmt: skip

    def offer(self, document: PolicyDocument, rule: RuleEntry | None = None) -> None:
        """Fill the choices with what the policy has, and what the rule names already."""
        name = Namer(document)
        self.who.choices = [SelectChoice(EVERYONE, "Everyone")] + [
            SelectChoice(f"{kind}:{id_}", capital(name(f"{kind}:{id_}")))
            for kind, ids in _whom(document)
            for id_ in ids
        ]
        self.what.choices = [
            SelectChoice(text, capital(name(text)) if text.startswith("category:") else name(text))
            for text in _things(document)
        ]
        self.when.choices = [SelectChoice(k.value, capital(said)) for k, said in KINDS.items()] + [
            SelectChoice(period, f"Only: {period}") for period in _periods(document)
        ]
        self.permission.choices = [SelectChoice("", "No")] + [
            SelectChoice(id_, held.name) for id_, held in document.permissions.items()
        ]
        if document.clauses:
            listed = ", ".join(document.clauses)
            self.clause.description = f"One of: {listed}"

    def show(self, rule: RuleEntry) -> None:
        """Fill the fields with a rule."""
        self.id.data, self.action.data, self.clause.data = rule.id, rule.action.value, rule.clause
        self.who.data, self.when.data = list(rule.who), list(rule.when)
        offered = {choice.value for choice in self.what.choices}
        self.what.data = [text for text in rule.what if text in offered]
        self.sites.data = "\n".join(
            text.partition(":")[2] for text in rule.what if text not in offered
        )
        self.ownership.data = rule.ownership.value if rule.ownership else ""
        self.permission.data, self.grants.data = rule.permission or "", rule.grants
        self.monitor.data = "true" if rule.monitor else "false"
        self.text.data = rule.text or ""

    def written(self) -> dict[str, Any]:
        """Return the fields as the file writes them; None for what is left out."""
        what = [*(self.what.data or ()), *_sites(self.sites.data or "")]
        who = list(self.who.data or ())
        block = self.action.data == "block"
        return {
            "id": self.id.data, "clause": (self.clause.data or "").strip(),
            "action": self.action.data, "who": None if who == [EVERYONE] else _one(who),
            "what": _one(what), "when": _one(list(self.when.data or ())),
            "ownership": self.ownership.data or None, "permission": self.permission.data or None,
            "grants": "never" if block and self.grants.data == "never" else None,
            "monitor": "false" if not block and self.monitor.data == "false" else None,
            "text": " ".join((self.text.data or "").split()) or None,
        }  # fmt: skip


def as_written(rule: RuleEntry) -> dict[str, Any]:
    """Return the same fields of a rule that is there, to see which ones change."""
    return {
        "id": rule.id, "clause": rule.clause, "action": rule.action.value,
        "who": None if rule.who == (EVERYONE,) else _one(list(rule.who)),
        "what": _one(list(rule.what)), "when": _one(list(rule.when)),
        "ownership": rule.ownership.value if rule.ownership else None,
        "permission": rule.permission, "grants": "never" if rule.grants == "never" else None,
        "monitor": None if rule.monitor else "false", "text": rule.text,
    }  # fmt: skip


def _one(values: list[str]) -> Any:
    return None if not values else values[0] if len(values) == 1 else values


def _sites(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        site = line.strip()
        if not site:
            continue
        bare = site.partition("://")[2] or site
        whole = "/" not in bare.rstrip("/") and "?" not in bare
        found.append(f"host:{bare.rstrip('/')}" if whole else f"url:{site}")
    return found


def _whom(document: PolicyDocument) -> list[tuple[str, list[str]]]:
    return [
        ("role", list(document.roles)), ("group", list(document.groups)),
        ("network", list(document.networks)), ("person", list(document.people)),
        ("device", list(document.devices)),
    ]  # fmt: skip


def _things(document: PolicyDocument) -> list[str]:
    categories = dict.fromkeys((*(c.id for c in catalogue.categories()), *document.categories))
    services = dict.fromkeys((*(s.id for s in catalogue.services()), *document.services))
    found = [f"category:{id_}" for id_ in categories] + [f"service:{id_}" for id_ in services]
    return ["everything", *found]


def _periods(document: PolicyDocument) -> list[str]:
    kinds = {kind.value for kind in PeriodKind}
    names = [p.name for timetable in timetables(document) for p in timetable.periods]
    return [name for name in dict.fromkeys(names) if name not in kinds]
