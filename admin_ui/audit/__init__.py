"""The audit chain, read and verified."""
