"""MAC addresses as people copy them from labels and settings."""

from __future__ import annotations

import re
from typing import Final

from appliance.cli.errors import InputError

_SEPARATORS: Final = re.compile(r"[:.\-\s]")
_DIGITS: Final = re.compile(r"[0-9a-f]{12}")


def mac(text: str, option: str = "--mac") -> str:
    """Return a MAC address in lower case with colons, from any usual way to write it.

    Raises:
        InputError: not twelve hexadecimal digits, or an address of many; names the option.
    """
    digits = _SEPARATORS.sub("", text.strip().lower())
    if not _DIGITS.fullmatch(digits):
        raise InputError(f"{option}: {text!r} is not a MAC address such as 00:1b:63:aa:bb:cc")
    if int(digits[:2], 16) & 1:
        raise InputError(f"{option}: {text!r} is a multicast address, which no device has")
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))
