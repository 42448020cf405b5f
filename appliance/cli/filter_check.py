"""``bellgate lists check-filter``: whether the accredited filter behind the gate is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json
from appliance.cli.places import Places

if TYPE_CHECKING:
    from appliance.cli.addresses import Endpoint
    from appliance.store.filter_checks import FilterTest


@click.command("check-filter")
@click.option("--test", "tests", multiple=True, metavar="NAME[=ANSWER]", help="Ask for this name "
              "from now on, daily: one that the filter blocks so that it can be tested. ANSWER is "
              "blocked (any way of saying no), nxdomain, refused, or the address of its block "
              "page. May be repeated.  [default: what was set before, and blocked]")  # fmt: skip
@click.option("--forget", is_flag=True, help="Ask for nothing any more.")
@click.option("--upstream", "upstreams", multiple=True, metavar="ADDR[:PORT]", help="Ask this "
              "resolver this once.  [default: those that the gate asks]")  # fmt: skip
@data_option
@json_option
@click.pass_context
def check_filter_command(
    ctx: click.Context, tests: tuple[str, ...], forget: bool, upstreams: tuple[str, ...],
    data: Path, as_json: bool,
) -> None:  # fmt: skip
    """Ask the resolvers behind the gate for names that the accredited filter blocks.

    Bellgate stands behind that filter, never instead of it: illegal content is its work.
    Ask its makers for its test names. Exits with 1 when it is not there, or nobody can tell.
    """
    from appliance.cli import storing
    from appliance.refresh import filter_check
    from appliance.store import filter_checks

    if tests or forget:
        with storing.opened(data) as session:
            filter_checks.put_tests(session, () if forget else map(_read, tests))
    if forget:
        _print(as_json, {"good": None, "words": "Nothing is asked any more."})
        return
    with storing.store_of(data) as store:
        look = filter_check.run(store, _resolvers(data, upstreams), clock.real())
        with store.reading() as session:
            asked = filter_checks.tests(session)
    said = {"good": look.good, "words": look.words, "at": look.at, "tests": asked}
    _print(as_json, said)
    ctx.exit(0 if look.good else 1)


def _print(as_json: bool, said: dict[str, object]) -> None:
    if as_json:
        print_json(said)
    else:
        print(said["words"])


def _read(text: str) -> FilterTest:
    from appliance.store.filter_checks import Expect, FilterTest

    name, _, answer = text.partition("=")
    words = answer.strip().lower() or Expect.BLOCKED.value
    if words in (Expect.BLOCKED, Expect.NXDOMAIN, Expect.REFUSED):
        return FilterTest(name.strip(), Expect(words))
    return FilterTest(name.strip(), Expect.ADDRESS, tuple(words.split(",")))


def _resolvers(data: Path, given: tuple[str, ...]) -> tuple[Endpoint, ...]:
    from appliance.cli import addresses

    if given:
        return tuple(addresses.endpoint(one, 53, "--upstream") for one in given)
    found = Places(data).upstreams()
    if found is None:
        raise InputError("--upstream: no gate was started here that would say whom it asks")
    return found
