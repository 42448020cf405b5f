"""Names that nobody classified and that look, or are suddenly used, like a service (DP 2)."""
