"""The school's networks: subnets and VLANs, and what an unknown device on each counts as."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.model import Ownership
from appliance.policy.subjects import Network
from appliance.store import checks
from appliance.store.tables import NetworkRow, PrefixRow


def add(session: Session, network: Network) -> Network:
    """Add a network, or put it in place of the one with its id; return it as it is kept.

    Raises:
        ValueError: names the field that is wrong, or the prefix that another network has.
    """
    id_ = checks.word("id", network.id)
    prefixes = tuple(dict.fromkeys(checks.prefix("prefixes", p) for p in network.prefixes))
    if not prefixes:
        raise ValueError("prefixes: a network has at least one")
    for prefix in prefixes:
        other = session.get(PrefixRow, prefix)
        if other is not None and other.network_id != id_:
            raise ValueError(f"prefixes: {prefix} belongs to network {other.network_id!r} already")
    remove(session, id_)
    row = NetworkRow(
        id=id_, name=checks.filled("name", network.name),
        role=checks.role(session, "role", network.role),
        groups=checks.groups(session, "groups", network.groups),
        ownership=Ownership(network.ownership).value, trusts_ca=network.trusts_ca,
        mixed=network.mixed,
        prefixes=[PrefixRow(prefix=prefix) for prefix in prefixes],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _network(row)


def list_(session: Session) -> tuple[Network, ...]:
    """Return every network, by id."""
    return tuple(_network(r) for r in session.scalars(select(NetworkRow).order_by(NetworkRow.id)))


def remove(session: Session, id_: str) -> bool:
    """Remove a network; False when there was none."""
    row = session.get(NetworkRow, id_)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _network(row: NetworkRow) -> Network:
    return Network(
        id=row.id, name=row.name, prefixes=tuple(sorted(p.prefix for p in row.prefixes)),
        role=row.role, groups=row.groups, ownership=Ownership(row.ownership),
        trusts_ca=row.trusts_ca, mixed=row.mixed,
    )  # fmt: skip
