"""Handing documents to the kernel: libnftables where it is, else the ``nft`` command."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import subprocess
from collections.abc import Sequence
from typing import Any, Final

from appliance.firewall.document import Statement

_JSON_IN_AND_OUT: Final = 1 << 4  # NFT_CTX_OUTPUT_JSON
_PATIENCE: Final = 20.0  # seconds for the command


class NftError(RuntimeError):
    """nftables refused a document, and has changed nothing. Blame: us, or the kernel."""


class Nft:
    """One context of libnftables; use it from one thread. Without the library: the command."""

    def __init__(self, *, library: str | None = "libnftables.so.1") -> None:
        self._library: Any = None
        self._context: Any = None
        if library is not None:
            self._open(library)

    @property
    def by_library(self) -> bool:
        """Whether the library was found."""
        return self._library is not None

    def apply(self, statements: Sequence[Statement]) -> None:
        """Carry a document out in one transaction, all of it or nothing.

        Raises:
            NftError: what nftables said against it.
        """
        self._run(json.dumps({"nftables": list(statements)}))

    def check(self, statements: Sequence[Statement]) -> None:
        """See whether a document would be taken, and change nothing.

        Raises:
            NftError: what nftables said against it.
        """
        text = json.dumps({"nftables": list(statements)})
        if self._library is None:
            self._command(text, "-c")
            return
        self._library.nft_ctx_set_dry_run(self._context, True)
        try:
            self._run(text)
        finally:
            self._library.nft_ctx_set_dry_run(self._context, False)

    def listed(self, what: str) -> list[dict[str, Any]]:
        """Return what ``list WHAT`` says, such as ``set inet bellgate tried4``.

        Raises:
            NftError: there is no such thing.
        """
        said = self._run(f"list {what}")
        found: list[dict[str, Any]] = json.loads(said)["nftables"] if said.strip() else []
        return found

    def _run(self, text: str) -> str:
        if self._library is None:
            return self._command(text)
        failed = self._library.nft_run_cmd_from_buffer(self._context, text.encode())
        said = (self._library.nft_ctx_get_output_buffer(self._context) or b"").decode()
        if failed:
            error = self._library.nft_ctx_get_error_buffer(self._context) or b""
            raise NftError(error.decode(errors="replace").strip() or "nftables refused it")
        return str(said)

    def _command(self, text: str, *more: str) -> str:
        try:
            done = subprocess.run(
                ["nft", "-j", *more, "-f", "-"], input=text, capture_output=True, text=True,
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
        for setter in (library.nft_ctx_buffer_output, library.nft_ctx_buffer_error):
            setter.argtypes = [ctypes.c_void_p]
        library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        library.nft_ctx_output_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
        library.nft_ctx_set_dry_run.argtypes = [ctypes.c_void_p, ctypes.c_bool]
        self._library, self._context = library, library.nft_ctx_new(0)
        library.nft_ctx_buffer_output(self._context)
        library.nft_ctx_buffer_error(self._context)
        library.nft_ctx_output_set_flags(self._context, _JSON_IN_AND_OUT)
