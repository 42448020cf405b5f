"""What a line of a list says: a name, and how it is meant. PURE."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How a list means a name. Each becomes a ``Mark`` once it is held against the others.

    All but EXACT and EXACT_IMPORTANT cover the name and everything below it.
    """

    BELOW = "b"
    BELOW_PARTLY = "p"  # closed but for what its own rule spares
    EXACT = "e"
    SWEEPING = "x"  # an adblock exception: whatever closes the name or one below it
    SPECIFIC = "s"  # an exception for the name, which a longer name that is closed beats
    SPARED = "d"  # an exception of one rule alone ($denyallow): any other rule closes it
    BELOW_IMPORTANT = "B"  # closed whatever a SWEEPING exception says
    EXACT_IMPORTANT = "E"
    SWEEPING_IMPORTANT = "X"  # open whatever anything says


Entry = tuple[str, Kind]  # a canonical name (policy.names.canonical)


class WholePageError(ValueError):
    """The line is the address of one page: a list of names cannot close that. Not a mistake."""
