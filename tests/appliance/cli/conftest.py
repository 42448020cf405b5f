"""What several tests of the command share."""

from __future__ import annotations

from tests.appliance.cli.wifi import prepared, wifi  # noqa: F401  (fixtures, by name)
