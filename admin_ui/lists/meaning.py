"""What a category does for each role, asked of the engine that enforces it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin_ui.gate import gate
from admin_ui.policy.held import Held, held
from appliance.policy.model import CategoryClass, Target, TargetKind
from appliance.policy.survey_scope import thing_of
from appliance.policy_file import PolicyFileError
from appliance.policy_file.rule_table import Cell, one_cell
from appliance.policy_file.slot_words import capital, joined
from appliance.store.policies import current_policy


@dataclass(frozen=True, slots=True)
class Meaning:
    """One category: its name, and for each role what the policy does with it.

    cells: empty where no policy can be read. names: how many the policy itself puts into it.
    """

    id: str
    name: str
    kind: CategoryClass
    cells: tuple[Cell, ...]
    names: int = 0

    @property
    def closed_for(self) -> tuple[str, ...]:
        """Return the roles for which it is closed at least now and then."""
        return tuple(cell.who for cell in self.cells if cell.verdict != "allowed")

    @property
    def short(self) -> str:
        """Return one line: ``Blocked for Pupils and Visitors, depends for Staff``."""
        parts = []
        for verdict, word in (("blocked", "blocked"), ("depends", "depends"), ("allowed", "open")):
            who = [cell.who.lower() for cell in self.cells if cell.verdict == verdict]
            if len(who) == len(self.cells) and who:
                return capital(f"{word} for everybody")
            if who:
                parts.append(f"{word} for {joined(who)}")
        return capital(", ".join(parts)) if parts else "Not known: no policy can be read"


def meanings(session: Session) -> dict[str, Meaning]:
    """Return every category that the policy in force knows, by id.

    Without a policy that can be read, what the snapshot in force calls them, without cells.
    """
    policy = _policy(session)
    if policy is None:
        known = gate().view().snapshot.contents.categories
        return {o.id: Meaning(o.id, o.name, o.kind, (), len(o.domains)) for o in known}
    roles = [role.id for role in sorted(policy.contents.roles, key=lambda role: role.rank)]
    return {
        one.id: Meaning(one.id, one.name, one.kind, _cells(policy, roles, one.id), len(one.domains))
        for one in policy.contents.categories
    }


def named(found: dict[str, Meaning], id_: str) -> Meaning:
    """Return a category by id; one that the policy does not know closes nothing."""
    return found.get(id_) or Meaning(id_, id_, CategoryClass.ORDINARY, ())


def _cells(policy: Held, roles: Iterable[str], category: str) -> tuple[Cell, ...]:
    thing = thing_of(Target(TargetKind.CATEGORY, category))
    return tuple(one_cell(policy.survey, policy.names, role, thing) for role in roles)


def _policy(session: Session) -> Held | None:
    current = current_policy(session)
    if current is None:
        return None
    try:
        return held(session, current.text, current.source, gate().view().at)
    except PolicyFileError:
        return None  # the page of the policy speaks of that
