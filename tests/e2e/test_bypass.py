"""Ways round the gate, one test each, for a pupil and for staff: stopped, seen, or neither.

Each way is tried first where there is no gate: it must work there, or nothing is proven.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from appliance import policy_file
from appliance.policy_file.edit import with_value
from tests.e2e import bypass_names, bypass_table, names, router_abroad, router_gate, school
from tests.e2e.bypass import Bypass, Way
from tests.e2e.bypass_addresses import ALLOWED
from tests.e2e.bypass_table import CASES, Outcome
from tests.e2e.client import Client
from tests.e2e.lab import GATE4, Lab
from tests.e2e.router_abroad import Abroad
from tests.e2e.router_gate import ROLES, RouterGate
from tests.e2e.waiting import until

pytestmark = [pytest.mark.namespaces, pytest.mark.router]
MARKER: Final = "93.184.200.250"  # an address that nobody looked up, tried last
PAIRS: Final = [(id_, role) for id_, case in CASES.items() for role in case.roles]
FAULTS: Final = (AssertionError, OSError, LookupError, ValueError, subprocess.SubprocessError)
Measured = dict[tuple[str, str], "Outcome | Exception"]


@pytest.fixture(scope="module")
def chosen(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """The ways that this run asks for: all, or those that ``-k`` leaves."""
    found = []
    for item in request.session.items:
        spec = getattr(item, "callspec", None)
        if item.path == Path(__file__) and spec is not None and "id_" in spec.params:
            pair = (spec.params["id_"], spec.params.get("role", "pupil"))
            if not lacking(CASES[pair[0]]) and pair not in found:
                found.append(pair)
    return found


@pytest.fixture(scope="module")
def abroad(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Abroad]:
    """The far ends of ways round the gate."""
    missing = [tool for tool in ("unbound", "sshd", "iodined") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"namespaces: needs {', '.join(missing)}")
    with router_abroad.laid_out(lab, tmp_path_factory.mktemp("abroad")) as laid:
        yield laid


@pytest.fixture(scope="module")
def ungated(
    lab: Lab,
    abroad: Abroad,
    chosen: list[tuple[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, bool | Exception]:  # fmt: skip
    """What each way comes to without a gate, where another resolver answers."""
    each = [CASES[id_] for id_ in dict.fromkeys(id_ for id_, _ in chosen)]
    halves = {"pupil": each[::2], "staff": each[1::2]}

    def one(role: str) -> dict[str, bool | Exception]:
        machine = getattr(lab, role).machine
        client = Client(machine, getattr(lab, role).address4, getattr(lab, role).address6,
                        names.DNS4)  # fmt: skip
        machine.resolver(names.DNS4)
        client.trust(lab.folder, lab.world_ca, abroad.ca)
        way = Way(lab, abroad, client, role, tmp_path_factory.mktemp(f"free-{role}"))
        return {case.id: tried(case, way) for case in halves[role] if case.controlled}

    try:
        return {id_: had for half in side_by_side(one) for id_, had in half.items()}
    finally:
        for role in ROLES:
            getattr(lab, role).machine.resolver(GATE4)


@pytest.fixture(scope="module")
def gate(
    lab: Lab, abroad: Abroad, ungated: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RouterGate]:
    """The router at work, at break (10:35) on Monday 23 November 2026."""
    gate = RouterGate(lab, tmp_path_factory.mktemp("router"))
    router_gate.prepare(gate, tmp_path_factory.mktemp("lists"))
    try:
        gate.start()
        for client in (lab.pupil, lab.staff):
            client.trust(lab.folder, lab.world_ca, abroad.ca, gate.root_ca)
        yield gate
    finally:
        gate.end()


@pytest.fixture(scope="module")
def measured(
    lab: Lab, abroad: Abroad, gate: RouterGate, chosen: list[tuple[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Measured:  # fmt: skip
    """Try every way, wait until all that it leaves is written down, and judge."""

    def one(role: str) -> dict[tuple[str, str], bool | Exception]:
        folder = tmp_path_factory.mktemp(f"gated-{role}")
        way = Way(lab, abroad, getattr(lab, role), role, folder)
        mine = [id_ for id_, whose in chosen if whose == role]
        if role == "staff":  # in another order, so that the two seldom wait for one far end
            mine.sort(key=lambda id_: CASES[id_] in bypass_names.CASES)
        found = {(id_, role): tried(CASES[id_], way) for id_ in mine}
        way.page(f"http://{MARKER}/", "--connect-timeout", "1")
        return found

    had = {pair: one_had for half in side_by_side(one) for pair, one_had in half.items()}

    def marked() -> bool:
        rows = [row for row in gate.attempts() if MARKER in f"{row['host']} {row['evidence']}"]
        return len({row["address"][:6] for row in rows}) == len(ROLES)

    until(marked, "what was tried last is written down", 60)
    attempts = gate.attempts()
    found: Measured = {
        (id_, role): one_had if isinstance(one_had, Exception)
        else Outcome(not one_had, bypass_table.seen(CASES[id_], role, attempts))
        for (id_, role), one_had in had.items()
    }  # fmt: skip
    if bypass_table.wanted():
        bypass_table.write({p: o for p, o in found.items() if isinstance(o, Outcome)})
    return found


HELD: Final = ("hosts_file_other", "hosts_file_listed", "doh_unknown_listed",
               "bare_address_unknown", "forged_name_unknown", "ech", "vpn_443")  # fmt: skip


@pytest.fixture(scope="module")
def held(
    lab: Lab, abroad: Abroad, gate: RouterGate, measured: Measured, chosen: list[tuple[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, bool | Exception]:  # fmt: skip
    """The same for a pupil where the policy holds pupils to what was looked up."""
    text = policy_file.template_text("duffield-meadows")
    path = ("circumvention", "answered_only")
    gate.change(lambda session: school.set_policy(session, with_value(text, path, ["pupil"])))
    way = Way(lab, abroad, lab.pupil, "pupil", tmp_path_factory.mktemp("held"))
    found = {id_: tried(CASES[id_], way) for id_ in HELD if (id_, "pupil") in chosen}
    for family in ("-4", "-6"):
        assert way.page(f"https://{ALLOWED}/", family).from_origin, "what was looked up is open"
    return found


def tried(case: Bypass, way: Way) -> bool | Exception:
    """Whether a way leads round, or the exception by which trying it failed."""
    try:
        return case.run(way)
    except FAULTS as error:  # told by the test of this way alone
        return error


def side_by_side(one: Callable[[str], object]) -> list:  # type: ignore[type-arg]
    """Do something for the pupil and for staff at once: most of it is waiting."""
    with ThreadPoolExecutor(len(ROLES)) as pool:
        return list(pool.map(one, ROLES))


def lacking(case: Bypass) -> str:
    """Return what this machine lacks to try a way."""
    path = "/usr/sbin:/sbin:/usr/bin:/bin"
    absent = [tool for tool in case.tools if shutil.which(tool, path=path) is None]
    return f"namespaces: needs {', '.join(absent)}" if absent else ""


@pytest.mark.parametrize("id_", [id_ for id_, case in CASES.items() if case.controlled])
def test_it_works_where_there_is_no_gate(id_: str, ungated: dict[str, bool | Exception]) -> None:
    if lacking(CASES[id_]):
        pytest.skip(lacking(CASES[id_]))
    assert ungated[id_] is True


@pytest.mark.parametrize(("id_", "role"), PAIRS, ids=[f"{i}-{r}" for i, r in PAIRS])
def test_what_becomes_of_it(id_: str, role: str, measured: Measured) -> None:
    """As the help page says it does."""
    if lacking(CASES[id_]):
        pytest.skip(lacking(CASES[id_]))
    found = measured[id_, role]
    if isinstance(found, Exception):
        raise found
    assert found == bypass_table.kept().get((id_, role))


@pytest.mark.parametrize("id_", HELD)
def test_it_is_stopped_for_a_role_that_is_held_to_answers(
    id_: str, held: dict[str, bool | Exception]
) -> None:
    """As the help page says of what is noticed only."""
    if lacking(CASES[id_]):
        pytest.skip(lacking(CASES[id_]))
    assert bypass_table.kept()[id_, "pupil"] == Outcome(stopped=False, seen=("unanswered",))
    assert held[id_] is False
