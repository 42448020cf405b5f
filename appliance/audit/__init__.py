"""The audit chain: what an entry says and how it is bound to the one before it."""
