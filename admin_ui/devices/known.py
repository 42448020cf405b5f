"""What may be chosen in the forms: roles of the policy, groups, timetables."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from appliance.policy.subjects import Group, Role
from appliance.store import people
from appliance.store.known import vocabulary
from appliance.store.tables import PersonRow


@dataclass(frozen=True, slots=True)
class Known:
    """roles: the most trusted first. own: ids of the groups that were added here."""

    roles: tuple[Role, ...]
    groups: tuple[Group, ...]
    own: frozenset[str]
    timetables: tuple[str, ...]
    policy_people: frozenset[str]

    def role_name(self, id_: str | None) -> str:
        """Return a role's name in the policy, or its id where the policy does not know it."""
        return next((role.name for role in self.roles if role.id == id_), id_ or "")

    def group_name(self, id_: str) -> str:
        """Return a group's name, or its id."""
        return next((group.name for group in self.groups if group.id == id_), id_)

    def has_person(self, session: Session, id_: str) -> bool:
        """Whether there is such a person, here or in the policy file."""
        return id_ in self.policy_people or session.get(PersonRow, id_) is not None


def known(session: Session) -> Known:
    """Return what there is now.

    Raises:
        policy_file.PolicyFileError: this program does not accept the policy in force.
    """
    policy = vocabulary(session)
    own = people.groups(session)
    if policy is None:
        return Known((), own, frozenset(group.id for group in own), (), frozenset())
    groups = {group.id: group for group in (*policy.groups, *own)}
    return Known(
        roles=tuple(sorted(policy.roles, key=lambda role: role.rank)),
        groups=tuple(sorted(groups.values(), key=lambda group: group.name.lower())),
        own=frozenset(group.id for group in own),
        timetables=tuple(timetable.id for timetable in policy.timetables),
        policy_people=frozenset(person.id for person in policy.people),
    )
