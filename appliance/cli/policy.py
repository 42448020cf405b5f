"""``bellgate policy``: the templates, policy files, and what they say in plain English."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from appliance import clock
from appliance.cli import sources
from appliance.cli.errors import InputError, warn
from appliance.cli.options import data_option, json_option
from appliance.cli.output import print_json, print_table
from appliance.cli.places import Places

if TYPE_CHECKING:
    from appliance.policy_file import PolicyDocument


@click.group("policy")
def policy_command() -> None:
    """Read, check, explain and choose the school's policy.

    A policy is a YAML file. Five published school policies are there as templates to
    start from; a template can be shown, saved to a file, changed and used.
    """


@policy_command.command("templates")
@json_option
def templates(as_json: bool) -> None:
    """List the templates, the default one first."""
    from appliance import policy_file

    infos = [(name, sources.contents_of(name, None).policy) for name in policy_file.TEMPLATES]
    if as_json:
        print_json(
            [
                {"name": name, "policy": info.name, "school": info.school, "short": info.short,
                 "default": name == policy_file.TEMPLATES[0]}
                for name, info in infos
            ]
        )  # fmt: skip
        return
    rows = [(name, info.short, info.school, info.name) for name, info in infos]
    print_table(("NAME", "SHORT", "SCHOOL", "POLICY"), rows, "There are no templates.")


@policy_command.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Print a template as the file it is, to be saved and changed.

    `bellgate policy show example` prints a small file with every section in use, annotated.
    """
    text = sources.text_of(name, None)
    if as_json:
        print_json({"name": name, "text": text})
        return
    click.echo(text, nl=not text.endswith("\n"))


@policy_command.command("check")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Check a policy file and say every mistake with its file and line.

    Exits with 0 when the file is right, with 2 when it is not.
    """
    try:
        contents = sources.contents_of(None, file)
    except sources.BadPolicyError as error:
        if not as_json:
            raise
        print_json({"file": str(file), "ok": False, "mistakes": error.mistakes})
        ctx.exit(error.exit_code)
    facts = {
        "policy": contents.policy.name,
        "rules": len(contents.rules),
        "services": len(contents.services),
        "categories": len(contents.categories),
    }
    if as_json:
        print_json({"file": str(file), "ok": True, "mistakes": [], **facts})
        return
    print(f"{file}: fine. {contents.policy.name}: {len(contents.rules)} rules.")


@policy_command.command("fields")
@click.argument("section", required=False)
@json_option
def fields(section: str | None, as_json: bool) -> None:
    """List every field that a policy file may have, or those of one SECTION such as rules."""
    from appliance.policy_file import reference

    found = [f for f in reference.fields() if section in (None, f.path.partition(".")[0])]
    if not found:
        names = dict.fromkeys(f.path.partition(".")[0] for f in reference.fields())
        raise InputError(f"{section!r} is no section; there are {', '.join(names)}")
    if as_json:
        print_json([asdict(each) for each in found])
        return
    rows = [(f.path, "needed" if f.required else "", f.takes, f.about) for f in found]
    print_table(("FIELD", "", "TAKES", "WHAT IT IS FOR"), rows, "There are no fields.")


@policy_command.command("explain")
@click.argument("name", metavar="[NAME-or-FILE]", required=False)
@data_option
@json_option
def explain(name: str | None, data: Path, as_json: bool) -> None:
    """Print every rule in plain English, with the clause it carries out beside it.

    Without a name it is the policy that the gate enforces, or the default template.
    """
    from appliance.policy_file import prose

    document = _in_force(data) if name is None else None
    document = document or sources.document_of(*sources.named(name))
    lines = prose.explain(document)
    if as_json:
        print_json([{"clause": c, "says": said, "rule": rule} for c, said, rule in lines])
        return
    print(document.policy.name)
    print()
    rows = [(clause or "-", said, rule) for clause, said, rule in lines]
    print_table(("CLAUSE", "WHAT IT SAYS", "RULE"), rows, "It has no rules.")
    if any(not rule for _, _, rule in lines):
        print()
        print("What has no rule beside it is carried out by people, on the forms and pages of the")
        print("admin UI, or by a setting.")


def _in_force(data: Path) -> PolicyDocument | None:
    if not Places(data).database.exists():
        return None
    from appliance.cli import storing
    from appliance.policy_file import load
    from appliance.store import policies

    with storing.read(data) as session:
        current = policies.current_policy(session)
        return load(current.text, current.source) if current else None


@policy_command.command("use")
@click.argument("name", metavar="FILE-or-NAME")
@click.option("--reason", required=True, help="Why: kept with the change, for the review.")
@data_option
@json_option
def use(name: str, reason: str, data: Path, as_json: bool) -> None:
    """Make a policy the one that is enforced. A running gate follows within a second."""
    from appliance.cli import storing
    from appliance.publish.compile import misfits
    from appliance.store import policies

    template, file = sources.named(name)
    contents = sources.contents_of(template, file)  # checked before it is stored
    text, source = sources.text_of(template, file), name
    with storing.opened(data) as session:
        policies.set_policy(session, text, source, storing.author(), reason, clock.real())
        unfit = misfits(session)
    for one in unfit:
        warn(
            f"{one.kind} {one.name} has the role {one.role}, which this policy does not know: "
            f"it counts as {one.counts_as}"
        )
    if as_json:
        print_json({"policy": contents.policy.id, "source": source, "reason": reason})
        return
    print(f"{contents.policy.name} is the policy now ({len(contents.rules)} rules).")
