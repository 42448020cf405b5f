"""What people call the things and the people that a survey asks about."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.policy.model import Ownership, SubjectKind, Target, TargetKind
from appliance.policy.snapshot import Contents
from appliance.policy.survey import Asker
from appliance.policy_file.prose import Namer
from appliance.policy_file.schema import PolicyDocument
from appliance.policy_file.slot_words import joined

OWNED: Final = MappingProxyType(
    {Ownership.SCHOOL: "on school-owned devices", Ownership.PERSONAL: "on personal devices"}
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names from a document, and from contents where the school has added to it."""

    document: PolicyDocument
    contents: Contents
    earlier: PolicyDocument | None = None  # names what this document has no more

    def thing(self, target: Target) -> str:
        """Return what a target is called within a sentence."""
        if target.kind is TargetKind.SERVICE and target.id.startswith("urls:"):
            return self._parts(target.id.removeprefix("urls:"))
        name = Namer(self.document)(f"{target.kind.value}:{target.id}")
        if name != target.id:
            return name
        known = self.contents.categories, self.contents.services
        found = (one.name for some in known for one in some if one.id == target.id)
        # A name that is the id but for its capital is the name that was found already.
        return next((own for own in found if own.lower() != name.lower()), name)

    def _parts(self, rule_id: str) -> str:
        """What a rule names by path: its first addresses."""
        rules = [rule for rule in self.document.rules if rule.id == rule_id]
        parts = [part for rule in rules for part in rule.urls]
        sites = dict.fromkeys(host + part.path.rstrip("/") for part in parts for host in part.hosts)
        if not sites:
            return f"what the rule {rule_id} names"
        shown = list(sites)[:3]
        return f"parts of {joined([*shown, 'more'] if len(sites) > 3 else shown)}"

    def role(self, id_: str) -> str:
        """Return the plural of a role: ``pupils``."""
        return Namer(self.document)(f"role:{id_}")

    def permission(self, id_: str) -> str:
        """Return what a standing permission is called."""
        held = self.document.permissions.get(id_)
        if held is None and self.earlier is not None:
            held = self.earlier.permissions.get(id_)
        return held.name if held else id_

    def subject(self, asker: Asker) -> str:
        """Return whom an asker stands for: a role, a group, somebody by name."""
        kind, id_ = asker.subject.kind, asker.subject.id
        contents = self.contents
        match kind:
            case SubjectKind.EVERYONE:
                return self.role(asker.role)
            case SubjectKind.GROUP:
                return next((g.name for g in contents.groups if g.id == id_), id_)
            case SubjectKind.NETWORK:
                name = next((n.name for n in contents.networks if n.id == id_), id_)
                return f"anyone on the network {name}"
            case SubjectKind.DEVICE:
                name = next((d.name for d in contents.devices if d.id == id_), id_)
                return f"the device {name}"
            case _:
                return next((p.name for p in contents.people if p.id == id_), id_)
