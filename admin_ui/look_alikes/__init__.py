"""The pages on which a technician says what a name is that resembles a service (DP 2)."""
