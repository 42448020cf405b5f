"""What the door says of itself, in ``run/door.json``, for whoever asks how the gate is."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from appliance import clock

FILE: Final = "door.json"
EVERY: Final = 2.0  # seconds between two tellings while nothing changes

log = logging.getLogger(__name__)


class State:
    """Writes the file, whole or not at all. A full disk costs the telling, nothing else."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._said: dict[str, object] = {}
        self._at = -EVERY

    def say(self, **what: object) -> None:
        """Write down what holds now, where it has changed or some time has passed."""
        now = clock.monotonic()
        if what == self._said and now - self._at < EVERY:
            return
        self._said, self._at = what, now
        said = {"at": clock.real().isoformat(), **what}
        draft = self._run / f".{FILE}"
        try:
            draft.write_text(json.dumps(said), encoding="utf-8")
            draft.chmod(0o600)
            draft.replace(self._run / FILE)
        except OSError as error:
            log.debug("the door cannot tell how it is: %s", error)
