"""What is wrong with a policy file: every mistake at once, each with its place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. ``line`` counts from 1; ``field`` is dotted, empty for the whole file."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line: field: message``."""
        return f"{self.file}:{self.line}: {self.field or 'the file'}: {self.message}"


class PolicyFileError(ValueError):
    """A policy file that cannot be used. Blame: whoever wrote the file."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))
