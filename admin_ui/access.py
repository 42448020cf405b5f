"""Who may open which page: every route and every post, in one place.

The line of an endpoint says who may call it at all; what a page shows of it, and whose
request it is, the page itself looks at. An endpoint without a line is refused to all.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from appliance.accounts.posts import SECOND_FACTOR, Post

Posts = frozenset[Post]


class Door(Enum):
    """Who may come in whatever their posts."""

    EVERYBODY = "everybody"  # also without signing in
    OWING = "owing"  # signed in; the second factor may still be owed


STAFF: Final[Posts] = frozenset(Post)  # whoever has an account

TECHNICIAN: Final[Posts] = frozenset({Post.IT_TECHNICIAN})
HEADS: Final[Posts] = frozenset({Post.HEADTEACHER, Post.EXECUTIVE_HEAD})
LEADERS: Final[Posts] = HEADS | {Post.SLT}
DSLS: Final[Posts] = frozenset({Post.DSL, Post.DEPUTY_DSL})
OFFICERS: Final[Posts] = DSLS | {Post.E_SAFETY_OFFICER}
AUDITORS: Final[Posts] = frozenset({Post.AUDITOR, Post.GOVERNOR})
ASKERS: Final[Posts] = STAFF - AUDITORS  # those who work here, rather than look on
READERS: Final[Posts] = STAFF - {Post.GOVERNOR}  # each sees their own; requests/readers.py
LIST_READERS: Final[Posts] = TECHNICIAN | LEADERS | DSLS  # who answers for what is filtered
# Whom a policy may name as a reader of the log; whether it does, the page itself looks at.
NAMED: Final[Posts] = LEADERS | OFFICERS | {Post.SCHOOL_OFFICER, Post.LINE_MANAGER}

_PORTAL: Final = ("static", "pages.home", "pages.proxy_pac", "pages.ca", "pages.ca_file",
                  "pages.ca_qr", "pages.captive_portal")  # fmt: skip
_OWN: Final = ("signin.me", "signin.password", "signin.recovery_codes", "signin.sessions_end",
               "signin.second_factor_remove", "signin.passkeys_own", "signin.passkey_new_options",
               "signin.passkey_remove")  # fmt: skip
_HELP: Final = ("help.index", "help.page", "help.limits_page", "help.accessibility",
                "help.visitors", "help.notice")  # fmt: skip

MATRIX: Final[dict[str, Posts | Door]] = {
    # Whoever is on the school's network.
    **dict.fromkeys(_PORTAL, Door.EVERYBODY),
    # Sign-in and one's own account.
    "signin.sign_in": Door.EVERYBODY,
    "signin.sign_out": Door.OWING,
    "signin.second_factor": Door.OWING,
    "signin.enrol": Door.OWING,
    "signin.enrol_code": Door.OWING,
    "signin.passkey_options": Door.EVERYBODY,
    "signin.passkey": Door.EVERYBODY,
    "signin.second_passkey_options": Door.OWING,
    "signin.second_passkey": Door.OWING,
    "signin.invitation": Door.EVERYBODY,
    "signin.link_request": Door.EVERYBODY,
    "signin.link": Door.EVERYBODY,
    "signin.provider_start": Door.EVERYBODY,
    "signin.provider_back": Door.EVERYBODY,
    **dict.fromkeys(_OWN, STAFF),
    # Using the device at hand as oneself. Whoever holds it may end that.
    "sign_in_here.index": Door.EVERYBODY,
    "sign_in_here.begin": STAFF,
    "sign_in_here.end": Door.EVERYBODY,
    "sign_in_here.end_elsewhere": STAFF,
    "sign_in_here.link": TECHNICIAN,
    # Setup wizard: the first four until there is a technician, with the code (setup/door.py);
    # then the technician's alone. Settings.
    "setup.index": Door.EVERYBODY,
    "setup.code": Door.EVERYBODY,
    "setup.school": Door.EVERYBODY,
    "setup.technician": Door.EVERYBODY,
    "setup.people": TECHNICIAN,
    "setup.invitations": TECHNICIAN,
    "setup.make_invitations": TECHNICIAN,
    "setup.policy": TECHNICIAN,
    "setup.read_policy": TECHNICIAN,
    "setup.timetable": TECHNICIAN,
    "setup.networks": TECHNICIAN,
    "setup.add_network": TECHNICIAN,
    "setup.remove_network": TECHNICIAN,
    "setup.certificate": TECHNICIAN,
    "setup.emergency": TECHNICIAN,
    "setup.make_emergency": TECHNICIAN,
    "setup.trial": TECHNICIAN,
    "setup.try_out": TECHNICIAN,
    "setup.live": TECHNICIAN,
    "setup.finished": TECHNICIAN,
    "setup.settings": TECHNICIAN | HEADS,
    "setup.settings_school": TECHNICIAN,
    "setup.settings_filter": TECHNICIAN,
    "setup.settings_responsible": TECHNICIAN | HEADS,
    "setup.settings_duties": TECHNICIAN,
    # Accounts.
    "accounts.index": TECHNICIAN | HEADS | {Post.AUDITOR},
    "accounts.show": TECHNICIAN | HEADS | {Post.AUDITOR},
    "accounts.review": TECHNICIAN | HEADS | {Post.AUDITOR},
    "accounts.export": TECHNICIAN | HEADS | {Post.AUDITOR},
    "accounts.add": TECHNICIAN,
    "accounts.posts": TECHNICIAN,
    "accounts.details": TECHNICIAN,
    "accounts.act": TECHNICIAN,
    "accounts.import_": TECHNICIAN,
    "accounts.import_confirm": TECHNICIAN,
    "accounts.mail_settings": TECHNICIAN,
    "accounts.test_mail": TECHNICIAN,
    "accounts.mail_off": TECHNICIAN,
    "accounts.provider_settings": TECHNICIAN,
    "accounts.provider_off": TECHNICIAN,
    "accounts.emergency": TECHNICIAN | HEADS,
    "accounts.answer": HEADS,
    "accounts.decide": HEADS,
    # Requests (appendix A), standing permissions, curriculum activities. Who may take the next
    # step of a request is the policy's to say: requests/states.py, asked on every POST.
    "requests.new": Door.EVERYBODY,
    "requests.create": ASKERS,
    "requests.index": READERS,
    "requests.export": READERS,
    "requests.show": READERS,
    "requests.form": READERS,
    "requests.ask": ASKERS,
    "requests.answer": ASKERS,
    "requests.withdraw": ASKERS,
    "requests.revoke": ASKERS,
    "requests.review": ASKERS,
    "requests.send_review": ASKERS,
    "requests.decide": ASKERS,
    "requests.send_decision": ASKERS,
    "requests.bulk": ASKERS,
    "requests.send_bulk": ASKERS,
    "requests.permissions_index": READERS,
    "requests.permit": ASKERS,
    "requests.apply_controls": ASKERS,
    "requests.withdraw_permission": ASKERS,
    "requests.activities": READERS,
    "requests.new_activity": ASKERS,
    "requests.switch_standing": TECHNICIAN,
    "requests.official_pages": READERS,
    # Reports (appendix B). Whose report it is narrows further: reports/who_reads.py.
    "reports.new": STAFF,
    "reports.warned": STAFF,
    "reports.form": STAFF,
    "reports.index": STAFF,
    "reports.show": STAFF,
    "reports.form_pdf": STAFF,
    "reports.list_csv": OFFICERS | HEADS,
    "reports.act": OFFICERS,
    "reports.block": OFFICERS | HEADS | TECHNICIAN,
    "reports.block_now": OFFICERS | HEADS | TECHNICIAN,
    "reports.unblock": OFFICERS | HEADS | TECHNICIAN,
    "reports.reveal": DSLS,
    # The attempt log. Whoever may come in sees what the policy opens to them, no more.
    "log.index": STAFF,
    "log.new": STAFF,
    "log.attempt": STAFF,
    "log.mine": STAFF,
    "log.charts": LEADERS | OFFICERS | TECHNICIAN | AUDITORS,
    "log.person": NAMED,
    "log.why": NAMED,
    "log.note_attempt": NAMED,
    "log.note_person": NAMED,
    "log.concerns": NAMED,
    "log.close_concern": NAMED,
    "log.export": NAMED,
    "log.exports": NAMED,
    "log.save_view": NAMED | TECHNICIAN,
    "log.remove_view": NAMED | TECHNICIAN,
    # Sanctions. Whose a sanction is, and who is told why: sanctions/need.py.
    "sanctions.index": ASKERS,
    "sanctions.show": ASKERS,
    "sanctions.supervise": ASKERS,
    "sanctions.end_session": ASKERS,
    "sanctions.new": HEADS | DSLS,
    "sanctions.lift": HEADS | DSLS,
    "sanctions.change_end": HEADS | DSLS,
    # Signs of ways round the gate: whose rows, and whether by name, is the log's own rule.
    "signals.index": NAMED | TECHNICIAN,
    "signals.show": NAMED | TECHNICIAN,
    "signals.rule": NAMED,
    "signals.withdraw": NAMED,
    # Home, devices, networks, groups, certificates.
    "home.home": STAFF,
    "devices.index": TECHNICIAN,
    "devices.show": TECHNICIAN,
    "devices.add": TECHNICIAN,
    "devices.edit": TECHNICIAN,
    "devices.remove": TECHNICIAN,
    "devices.restore": TECHNICIAN,
    "devices.together": TECHNICIAN,
    "devices.seen": TECHNICIAN,
    "devices.export_devices": TECHNICIAN,
    "devices.load_devices": TECHNICIAN,
    "devices.take_devices": TECHNICIAN,
    "devices.people": TECHNICIAN,
    "devices.add_person": TECHNICIAN,
    "devices.edit_person": TECHNICIAN,
    "devices.remove_person": TECHNICIAN,
    "devices.export_people": TECHNICIAN,
    "devices.load_people": TECHNICIAN,
    "devices.take_people": TECHNICIAN,
    "devices.groups": TECHNICIAN,
    "devices.add_group": TECHNICIAN,
    "devices.edit_group": TECHNICIAN,
    "devices.remove_group": TECHNICIAN,
    "devices.networks": TECHNICIAN,
    "devices.add_network": TECHNICIAN,
    "devices.edit_network": TECHNICIAN,
    "devices.remove_network": TECHNICIAN,
    # Lists: the technician's; those who answer for filtering read what they do.
    "lists.index": LIST_READERS,
    "lists.show": LIST_READERS,
    "lists.progress": LIST_READERS,
    "lists.presets": LIST_READERS,
    "lists.collisions": LIST_READERS,
    "lists.illegal": LIST_READERS,
    "lists.add_preset": TECHNICIAN,
    "lists.add": TECHNICIAN,
    "lists.upload": TECHNICIAN,
    "lists.edit": TECHNICIAN,
    "lists.update": TECHNICIAN,
    "lists.accept": TECHNICIAN,
    "lists.switch_on": TECHNICIAN,
    "lists.switch_off": TECHNICIAN,
    "lists.remove": TECHNICIAN,
    "lists.withdraw": TECHNICIAN,
    "lists.decide": LEADERS | DSLS,  # who of them may sign: lists/openings.py
    "lists.test_names": TECHNICIAN,
    "lists.check_filter": TECHNICIAN,
    "lists.take_licensed": TECHNICIAN,
    "look_alikes.index": LIST_READERS,
    "look_alikes.classify": TECHNICIAN,
    "look_alikes.fine": TECHNICIAN,
    "look_alikes.undo": TECHNICIAN,
    # Policy, timetable, calendar, why. Who may sign which change: policy/approval.py.
    "policy.index": STAFF,
    "policy.rules": STAFF,
    "policy.versions": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "policy.version": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "policy.diff": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "policy.register": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "policy.review": TECHNICIAN | LEADERS | DSLS,
    "policy.draft": TECHNICIAN | LEADERS | DSLS,
    "policy.confirm": TECHNICIAN,
    "policy.withdraw": TECHNICIAN,
    "policy.decide": LEADERS | DSLS | {Post.LINE_MANAGER, Post.SCHOOL_OFFICER},
    "policy.change": TECHNICIAN,
    "policy.rule": TECHNICIAN,
    "policy.new_rule": TECHNICIAN,
    "policy.remove_rule": TECHNICIAN,
    "policy.details": TECHNICIAN,
    "policy.text": TECHNICIAN,
    "policy.upload": TECHNICIAN,
    "policy.uploaded": TECHNICIAN,
    "policy.export": TECHNICIAN,
    "policy.export_version": TECHNICIAN,
    "policy.templates": TECHNICIAN,
    "policy.restore": TECHNICIAN,
    "timetable.index": STAFF,
    "timetable.bells": TECHNICIAN,
    "timetable.new_timetable": TECHNICIAN,
    "timetable.remove_timetable": TECHNICIAN,
    "timetable.day": TECHNICIAN | LEADERS,
    "timetable.remove_day": TECHNICIAN | LEADERS,
    "timetable.school_year": STAFF,
    "timetable.remove_span": TECHNICIAN,
    "timetable.import_dates": TECHNICIAN,
    "timetable.imported": TECHNICIAN,
    "timetable.take_dates": TECHNICIAN,
    "why.ask": TECHNICIAN | LEADERS | OFFICERS,
    # Self-test.
    "doctor.index": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "doctor.show": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "doctor.export": TECHNICIAN | LEADERS | OFFICERS | AUDITORS,
    "doctor.run_now": TECHNICIAN | LEADERS | OFFICERS,
    "doctor.write_down": TECHNICIAN | LEADERS | OFFICERS,
    # Audit.
    "audit.index": TECHNICIAN | HEADS | DSLS | {Post.AUDITOR},
    "audit.verify": TECHNICIAN | HEADS | DSLS | {Post.AUDITOR},
    "audit.export": HEADS | DSLS | {Post.AUDITOR},
    # Help, accessibility, portal.
    **dict.fromkeys(_HELP, Door.EVERYBODY),
}


def allowed(endpoint: str | None, posts: frozenset[str]) -> bool:
    """Whether somebody who is signed in with these posts may call an endpoint."""
    line = MATRIX.get(endpoint or "")
    if line is None:
        return False  # fails closed: a page that nobody put into the table
    return isinstance(line, Door) or bool(line & posts)


def owes_second_factor(posts: frozenset[str], has_totp: bool) -> bool:
    """Whether an account must set up its second factor before anything else (CY-02)."""
    return not has_totp and bool(SECOND_FACTOR & posts)
