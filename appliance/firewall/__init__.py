"""Gateway mode: the school's networks go through the appliance, and nftables carries the rules."""
