"""What the pages know of the gate: the snapshot that the faces enforce too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from zoneinfo import ZoneInfo

from flask import current_app

from admin_ui.settings import WebSettings
from appliance import clock
from appliance.policy.snapshot import Snapshot
from appliance.publish.hold import Holder


@dataclass(frozen=True, slots=True)
class View:
    """The gate at one moment. ``at`` is in the school's zone. ``state``: see ``Holder``."""

    snapshot: Snapshot
    state: str
    at: datetime
    clock_trusted: bool

    @property
    def rehearsal(self) -> bool:
        """Whether the clock is being rehearsed: said loudly on every page."""
        return self.snapshot.contents.clock_offset != 0


class Gate:
    """Holds the snapshot for the threads of the web server."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self._holder = Holder(settings.data / "snapshot")
        self._lock = Lock()

    def view(self) -> View:
        """Return the gate as it is now."""
        with self._lock:
            self._holder.refresh()
            snapshot, state = self._holder.snapshot, str(self._holder.state)
        contents = snapshot.contents
        now = clock.now(
            contents.clock_offset,
            not_before=contents.built_at,
            need_synchronised=contents.need_synchronised_clock,
        )
        return View(
            snapshot, state, now.at.astimezone(ZoneInfo(contents.calendar.zone)), now.trusted
        )


def gate() -> Gate:
    """Return the gate of the application that serves this request."""
    found = current_app.extensions["gate"]
    assert isinstance(found, Gate)
    return found
