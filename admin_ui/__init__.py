"""The web face of the store: what the school's people see and decide."""
