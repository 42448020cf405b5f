"""What was wrong with the input, in one message on stderr and exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


class InputError(click.ClickException):
    """Something given was wrong. The message says what and, for a file, in which line."""

    exit_code = 2


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors that bad input causes further down into an ``InputError``.

    Every error of ours that blames what was given is a ValueError or a LookupError with
    a message for people; a file that cannot be read is an OSError.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of our output has gone: click ends quietly
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        raise InputError(f"{named}{error.strerror or error}") from error
    except (ValueError, LookupError) as error:
        raise InputError(_message(error)) from error
    except RuntimeError as error:
        if isinstance(error, click.exceptions.Exit | click.Abort):
            raise
        raise InputError(_message(error)) from error


def _message(error: Exception) -> str:
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return said or type(error).__name__


def warn(text: str) -> None:
    """Say something on stderr that output on stdout must not be mixed with."""
    print(text, file=sys.stderr)
