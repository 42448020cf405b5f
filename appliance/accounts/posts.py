"""The posts that people hold on the web pages (reference policy; standards CY-04, FM-01).

A post is what somebody is at the school. A role is what the network takes a client for.
The words are those that policy files use for who approves and who is told.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Post(StrEnum):
    """What somebody is at the school. One person may hold several."""

    IT_TECHNICIAN = "it_technician"
    HEADTEACHER = "headteacher"
    EXECUTIVE_HEAD = "executive_head"
    SLT = "slt"
    DSL = "dsl"
    DEPUTY_DSL = "deputy_dsl"
    E_SAFETY_OFFICER = "e_safety_officer"
    SCHOOL_OFFICER = "school_officer"
    LINE_MANAGER = "line_manager"
    STAFF = "staff"
    GOVERNOR = "governor"
    AUDITOR = "auditor"


NAMES: Final[dict[Post, str]] = {
    Post.IT_TECHNICIAN: "IT technician",
    Post.HEADTEACHER: "Headteacher",
    Post.EXECUTIVE_HEAD: "Executive head",
    Post.SLT: "Senior leadership team",
    Post.DSL: "Designated safeguarding lead (DSL)",
    Post.DEPUTY_DSL: "Deputy DSL",
    Post.E_SAFETY_OFFICER: "E-safety officer",
    Post.SCHOOL_OFFICER: "School officer",
    Post.LINE_MANAGER: "Line manager",
    Post.STAFF: "Member of staff",
    Post.GOVERNOR: "Governor",
    Post.AUDITOR: "Auditor",
}

# Whoever can open the gate, under any policy, or read who went where shows a second factor
# (CY-02). A technician can reset a password and change an address, but not take this away
# alone (``access_rules``): so no technician becomes one of these people.
SECOND_FACTOR: Final = frozenset(Post) - {Post.STAFF, Post.GOVERNOR}
