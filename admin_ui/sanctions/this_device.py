"""What the network's first page says on a device that a sanction closes.

The block page cannot be shown everywhere: where the gate has no certificate for a site, the
browser shows an error of its own. This page is always there. It tells no more than the device
itself shows, and not why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from admin_ui import client
from admin_ui.gate import View
from appliance.policy.engine import decide
from appliance.policy.model import Reason
from appliance.policy.sanctioned import on_client, over_at
from appliance.policy.situation import Query

ANYWHERE: Final = "anywhere.invalid"  # a name that no rule, list or permission speaks of


@dataclass(frozen=True, slots=True)
class Stopped:
    """A sanction stops this device now. end: None when somebody has to lift it."""

    end: datetime | None


def stopped(view: View) -> Stopped | None:
    """Return until when this device is kept from the internet; None: it is not."""
    contents = view.snapshot.contents
    if not contents.sanctions:
        return None
    asker = client.in_use(view)
    query = Query(asker, ANYWHERE, view.at, clock_trusted=view.clock_trusted)
    if decide(query, view.snapshot).reason is not Reason.SANCTION:
        return None
    held = on_client(asker, view.at, contents.sanctions)
    # With a clock in doubt one may hold that has no end in sight.
    return Stopped(over_at(held) if held and view.clock_trusted else None)
