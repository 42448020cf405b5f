"""What was answered, kept for the next door if this one dies: in memory, never on a disk.

It says who went where, which nobody writes down unless a rule speaks of it. So it lies in a
file without a name (memfd_create(2)) that the supervisor made, and is gone with the gate.
"""

from __future__ import annotations

import logging
import os
from typing import Final

import msgspec

from appliance import clock
from appliance.firewall.door.memory import Memory, Saved

_LENGTH: Final = 8  # bytes before the rest that say how long it is
_EVERY: Final = 1.0  # seconds
_MOST: Final = 64 << 20  # bytes

log = logging.getLogger(__name__)


class Kept:
    """Fails to nothing kept: then a bell ends what is asked for from now on."""

    def __init__(self, handle: int | None, memory: Memory) -> None:
        """Take over what an earlier door kept. handle: None where there is nothing to keep in."""
        self._handle, self._memory = handle, memory
        self._due, self._seen = 0.0, -1
        self.restored = False  # whether an earlier door's memory was taken over
        if handle is not None:
            self._restore(handle)

    def look(self) -> None:
        """Keep what is known now, where it is time to: a fiftieth of the time goes into it."""
        began = clock.monotonic()
        if began >= self._due and self._memory.changes != self._seen:
            self.keep()
            self._due = began + max(_EVERY, (clock.monotonic() - began) * 50)

    def keep(self) -> None:
        """Keep what is known now."""
        self._seen = self._memory.changes
        if self._handle is None:
            return
        data = msgspec.msgpack.encode(self._memory.saved())
        try:
            # The length is written last: what breaks off in between counts for nothing.
            os.pwrite(self._handle, bytes(_LENGTH), 0)
            os.ftruncate(self._handle, _LENGTH + len(data))
            written = os.pwrite(self._handle, data, _LENGTH)
            if written == len(data):
                os.pwrite(self._handle, written.to_bytes(_LENGTH), 0)
        except OSError as error:
            log.warning("what was answered cannot be kept for the next door: %s", error)

    @property
    def whole(self) -> bool:
        """Whether all that is known is kept."""
        return self._seen == self._memory.changes

    def _restore(self, handle: int) -> None:
        try:
            length = int.from_bytes(os.pread(handle, _LENGTH, 0))
            data = os.pread(handle, min(length, _MOST), _LENGTH)
            if length and len(data) == length:
                self._memory.take(msgspec.msgpack.decode(data, type=Saved), clock.monotonic())
                self.restored = True
        except (OSError, msgspec.MsgspecError, ValueError) as error:
            log.warning("what an earlier door knew cannot be read: %s", error)
