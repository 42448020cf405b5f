"""The table of contents of the help: for whom each page is, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from admin_ui.access import DSLS, HEADS, OFFICERS, STAFF, TECHNICIAN, Posts
from appliance.accounts.posts import Post


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page. name: of its template and in its address. readers: whom it is written for.

    Everybody may open every page; the pages and commands it names must be open to one of
    the readers at least, which a test sees to.
    """

    name: str
    title: str
    summary: str
    label: str
    readers: Posts


PAGES: Final = (
    HelpPage("first-gate", "Ten minutes to the first gate", "From an empty box to a tested filter.",
             "IT technician", TECHNICIAN),
    HelpPage("certificates", "The certificate on devices", "Who needs it, how it gets there, what "
             "happens without it.", "IT technician", TECHNICIAN),
    HelpPage("lists", "Lists of sites", "Where the gate’s knowledge of the web comes from, and "
             "what keeps a bad list from doing harm.", "IT technician and leaders",
             TECHNICIAN | HEADS),
    HelpPage("upstream", "The accredited filter in front", "Why the school needs one, and how the "
             "two work together.", "IT technician and leaders", TECHNICIAN | HEADS),
    HelpPage("ways-round", "Ways round the gate", "What becomes of each, as measured: stopped, "
             "noticed or neither.", "IT technician and safeguarding leads", TECHNICIAN | DSLS),
    HelpPage("approving", "Approving on a phone", "From the request to your signature, and what "
             "you see before you decide.", "Headteacher", HEADS),
    HelpPage("reading-the-log", "Reading the log", "What an attempt is, what is noise, and how to "
             "look at one person fairly.", "Safeguarding leads", DSLS),
    HelpPage("sanctions", "Sanctions and supervised sessions", "Keeping somebody from the internet "
             "for a while, and sitting beside them.", "Headteacher, safeguarding leads, all staff",
             HEADS | DSLS | STAFF),
    HelpPage("signals", "Signs of ways round the gate", "What the gate notices, how often it is "
             "wrong, and what to do before you act.", "Safeguarding leads and IT technician",
             DSLS | TECHNICIAN),
    HelpPage("asking-and-reporting", "Asking for a page, reporting a page", "For teachers and all "
             "other staff.", "All staff", STAFF),
    HelpPage("governors", "What a governor sees", "Counts, never names, and the questions to ask.",
             "Governors", frozenset({Post.GOVERNOR})),
    HelpPage("emergency", "A safeguarding emergency", "What to do first, and what to leave alone.",
             "All staff", OFFICERS | STAFF),
    HelpPage("emergency-account", "The sealed emergency account", "For the day on which nobody "
             "else can sign in.", "Headteacher and technician", HEADS | TECHNICIAN),
    HelpPage("privacy", "Privacy, and the impact assessment", "What is kept about people, why, and "
             "what the school has to decide.", "Leaders and the data protection lead",
             HEADS | DSLS | TECHNICIAN),
)  # fmt: skip


def find(name: str) -> HelpPage | None:
    """Return a page by its name."""
    return next((page for page in PAGES if page.name == name), None)
