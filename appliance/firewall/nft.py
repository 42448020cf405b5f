"""Handing documents to the kernel: libnftables where it is, else the ``nft`` command."""

from __future__ import annotations

import ctypes
import json
import secrets
import subprocess
from collections.abc import Sequence
from typing import Any, Final

from appliance.firewall.document import FAMILY, TABLE, Statement
from appliance.firewall.judged_once import FIRST, LAST, renewed

# Flags of nft_ctx_output_set_flags and of the command: JSON in and out, no elements in lists.
_JSON: Final = 1 << 4
_TERSE: Final = 1 << 11
_PATIENCE: Final = 20.0  # seconds for the command


class NftError(RuntimeError):
    """nftables refused a document, and has changed nothing. Blame: us, or the kernel."""


class Nft:
    """One context of libnftables, for one thread and one network namespace: the maker's.

    library: its file; None, or one that is not there: the ``nft`` command is run instead.
    Needs CAP_NET_ADMIN.
    """

    def __init__(self, *, library: str | None = "libnftables.so.1") -> None:
        self._library: Any = None
        self._context: Any = None
        if library is not None:
            self._open(library)

    @property
    def by_library(self) -> bool:
        """Whether the library was found."""
        return self._library is not None

    def apply(self, statements: Sequence[Statement], *, renew: bool = True) -> None:
        """Carry a document out in one transaction, all of it or nothing; none: nothing.

        renew: every connection is judged once more, whatever it was that changed, so that none
        passes by an older judgement. The number is drawn: in the rare case that it was in force
        before, what is left of that time waits for the next change, a minute at most.

        Raises:
            NftError: what nftables said against it.
        """
        if not statements:
            return
        leaves_table = "delete" not in statements[-1] or "table" not in statements[-1]["delete"]
        drawn = FIRST + secrets.randbelow(LAST - FIRST + 1)
        more = renewed(drawn) if renew and leaves_table else []
        self._run(_written([*self._undeclared(statements), *more]))

    def check(self, statements: Sequence[Statement]) -> None:
        """See whether a document would be taken, and change nothing.

        Raises:
            NftError: what nftables said against it.
        """
        if statements:
            self._run(_written(self._undeclared(statements)), dry=True)

    def listed(self, what: str, *, terse: bool = False) -> list[dict[str, Any]]:
        """Return what ``list WHAT`` says, such as ``set inet bellgate cut4``.

        terse: without the elements of sets, which takes no longer for full ones.

        Raises:
            NftError: there is no such thing.
        """
        said = self._run(f"list {what}", terse=terse)
        found: list[dict[str, Any]] = json.loads(said)["nftables"] if said.strip() else []
        return found

    def close(self) -> None:
        """Give the context back; the object is of no use after that."""
        if self._library is not None and self._context is not None:
            self._library.nft_ctx_free(self._context)
            self._context = None

    def _undeclared(self, statements: Sequence[Statement]) -> Sequence[Statement]:
        """Return a document without the sets that are there.

        nft 1.0.6 takes a set that rules put elements in for another than the one it is asked to
        add (``File exists``), though it says of itself that adding is no mistake.
        """
        if any("delete" in one and "table" in one["delete"] for one in statements):
            return statements
        if not any("add" in one and "set" in one["add"] for one in statements):
            return statements
        try:
            listed = self.listed(f"sets table {FAMILY} {TABLE}", terse=True)
        except NftError:
            return statements
        there = {one["set"]["name"] for one in listed if "set" in one}
        return [one for one in statements if one.get("add", {}).get("set", {}).get("name")
                not in there]  # fmt: skip

    def _run(self, text: str, *, dry: bool = False, terse: bool = False) -> str:
        if self._library is None:
            return self._command(text, dry=dry, terse=terse)
        self._library.nft_ctx_output_set_flags(self._context, _JSON | (_TERSE if terse else 0))
        self._library.nft_ctx_set_dry_run(self._context, dry)
        failed = self._library.nft_run_cmd_from_buffer(self._context, text.encode())
        said = (self._library.nft_ctx_get_output_buffer(self._context) or b"").decode()
        if failed:
            error = self._library.nft_ctx_get_error_buffer(self._context) or b""
            raise NftError(error.decode(errors="replace").strip() or "nftables refused it")
        return str(said)

    def _command(self, text: str, *, dry: bool, terse: bool) -> str:
        options = ["-j", *(["-c"] if dry else []), *(["-t"] if terse else [])]
        # From standard input the command reads JSON alone, once -j is given.
        words = ["-f", "-"] if text.startswith("{") else text.split()
        try:
            done = subprocess.run(
                ["nft", *options, *words], input=text, capture_output=True, text=True,
                timeout=_PATIENCE, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NftError(f"the nft command cannot be run: {error}") from error
        if done.returncode:
            raise NftError(done.stderr.strip() or f"nft ended with {done.returncode}")
        return done.stdout

    def _open(self, name: str) -> None:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            return
        library.nft_ctx_new.restype = ctypes.c_void_p
        library.nft_ctx_new.argtypes = [ctypes.c_uint32]
        for getter in (library.nft_ctx_get_output_buffer, library.nft_ctx_get_error_buffer):
            getter.restype, getter.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        for taking in (library.nft_ctx_buffer_output, library.nft_ctx_buffer_error,
                       library.nft_ctx_free):  # fmt: skip
            taking.argtypes = [ctypes.c_void_p]
        library.nft_ctx_free.restype = None
        library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        library.nft_ctx_output_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
        library.nft_ctx_set_dry_run.argtypes = [ctypes.c_void_p, ctypes.c_bool]
        self._library, self._context = library, library.nft_ctx_new(0)
        library.nft_ctx_buffer_output(self._context)
        library.nft_ctx_buffer_error(self._context)


def _written(statements: Sequence[Statement]) -> str:
    return json.dumps({"nftables": list(statements)})
