"""``python -m appliance.cli``: how the supervisor starts its children."""

from __future__ import annotations

from appliance.cli import main

main(prog_name="bellgate")
