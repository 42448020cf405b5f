"""Made-up names that resemble services: some wait for the technician, one was decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from appliance.store import look_alikes
from appliance.store.look_alikes import Seen

_FINE: Final = "minecraft-maths.example"
_SEEN: Final = (
    Seen(
        site="tiktok-unblocked.example", names=("tiktok-unblocked.example",), clients=7, score=90,
        service="tiktok", held=True,
        reasons=("It has the name of TikTok with “unblocked” added.",),
    ),
    Seen(
        site="cheap-games.example", names=("roblox.com.cheap-games.example",), clients=0, score=90,
        service="roblox", held=False,
        reasons=("It carries the whole address of Roblox in front of an address of its own.",),
    ),
    Seen(
        site="wobblechat.example", names=("wobblechat.example",), clients=19, score=60, service="",
        held=False,
        reasons=("About 19 devices used it on one day; on the 9 counted days before, nobody. It "
                 "works as platforms do: “chat” is part of it.",),
    ),
    Seen(
        site=_FINE, names=(_FINE,), clients=12, score=60, service="minecraft", held=False,
        reasons=("It has the name of Minecraft beside other words.",),
    ),
)  # fmt: skip


def put(session: Session, now: datetime) -> None:
    """Put them before the technician, as they came up over the days before. now: gate's time."""
    for days, seen in enumerate(_SEEN):
        look_alikes.put(session, seen, now - timedelta(days=days, hours=1))
    look_alikes.hold(session, now)
    note = "The maths club uses it."
    look_alikes.dismiss(session, _FINE, by="technician", at=now - timedelta(hours=2), note=note)
