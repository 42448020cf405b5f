"""Which policy a question is asked of: the gate's own snapshot, a template or a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import clock
from appliance.cli.errors import InputError
from appliance.cli.options import default_data
from appliance.policy.snapshot import Contents, Snapshot

if TYPE_CHECKING:
    from appliance.policy_file import PolicyDocument, PolicyFileError


def snapshot_of(template: str | None, policy: Path | None, data: Path | None) -> Snapshot:
    """Return the snapshot that a command speaks of.

    Without any choice: what the gate in the default data directory enforces, else the
    default template with the demo school.

    Raises:
        InputError: more than one given, an unknown template, a file with mistakes, or a
            data directory in which nothing was ever published.
    """
    if sum(choice is not None for choice in (template, policy, data)) > 1:
        raise InputError("give one of --template, --policy and --data, not several")
    if template is not None or policy is not None:
        return Snapshot(contents_of(template, policy))
    published = enforced(data or default_data())
    if published is not None:
        return published
    if data is not None:
        raise InputError(f"{data}: no gate has published anything there (start `bellgate up`)")
    return Snapshot(contents_of(None, None))


def contents_of(template: str | None, policy: Path | None) -> Contents:
    """Return what a template or a policy file says, with the demo school on loopback.

    Raises:
        InputError: an unknown name, an unreadable file, or all mistakes of a file at once.
    """
    return _contents(document_of(template, policy))


def document_of(template: str | None, policy: Path | None) -> PolicyDocument:
    """Return a template by name, a policy file by path, or the default template.

    Raises:
        InputError: an unknown name, an unreadable file, or all mistakes of a file at once.
    """
    from appliance import policy_file

    name = str(policy) if policy is not None else template or policy_file.TEMPLATES[0]
    text = text_of(template, policy)
    try:
        return policy_file.load(text, name)
    except policy_file.PolicyFileError as error:
        raise BadPolicyError(error) from error


def text_of(template: str | None, policy: Path | None) -> str:
    """Return the text of a template or the example, a policy file, or the default template.

    Raises:
        InputError: an unknown name, or a file that is no text in UTF-8, too long or no
            file at all (a device, a pipe).
        OSError: the file cannot be read.
    """
    from appliance import policy_file

    if policy is not None:
        return _read(policy)
    name = template or policy_file.TEMPLATES[0]
    if name not in (*policy_file.TEMPLATES, policy_file.EXAMPLE):
        known = ", ".join(policy_file.TEMPLATES)
        raise InputError(f"there is no template {name!r}; there are: {known}")
    return policy_file.template_text(name)


def _read(policy: Path) -> str:
    """Never waits for a writer, and never reads more than a policy file may have."""
    from appliance.policy_file.reading import MAX_CHARACTERS

    with open(policy, encoding="utf-8", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise InputError(f"{policy}: not a file; save the policy as one and name that")
        try:
            text = file.read(MAX_CHARACTERS + 1)
        except UnicodeDecodeError as error:
            raise InputError(f"{policy}: not a text file in UTF-8: {error}") from error
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"{policy}: longer than {MAX_CHARACTERS:,} characters; a policy is not")
    return text


def _without_waiting(path: str, flags: int) -> int:
    """Open a pipe that nobody writes to at once, to say that it is one (open(2))."""
    return os.open(path, flags | os.O_NONBLOCK)


def named(text: str | None) -> tuple[str | None, Path | None]:
    """Tell the name of a template from the path of a file: what is no template is a file."""
    from appliance import policy_file

    if text is None or text in (*policy_file.TEMPLATES, policy_file.EXAMPLE):
        return text, None
    if "/" not in text and "." not in text and not Path(text).exists():
        known = ", ".join(policy_file.TEMPLATES)
        raise InputError(f"{text!r} is neither a template nor a file; templates: {known}")
    return None, Path(text)


class BadPolicyError(InputError):
    """A policy file with mistakes: all of them, one a line, as ``file:line: field: message``."""

    def __init__(self, error: PolicyFileError) -> None:
        self.mistakes = tuple(
            {"file": m.file, "line": m.line, "field": m.field, "message": m.message}
            for m in error.mistakes
        )
        super().__init__(str(error))


def enforced(data: Path) -> Snapshot | None:
    """Return the snapshot that the gate on a data directory enforces; None without one."""
    from appliance.publish.hold import Holder

    if not (data / "snapshot").is_dir():
        return None
    holder = Holder(data / "snapshot")
    holder.refresh()
    return holder.snapshot if holder.state != "closed" else None


def _contents(document: PolicyDocument) -> Contents:
    from appliance.policy_file import build, demo

    # Loopback ranges are nobody's school network: the demo school never hides a real one.
    return demo.demo_school(build.contents(document, version=0, built_at=clock.real()))
