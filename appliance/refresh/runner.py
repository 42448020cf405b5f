"""Fetching what is due: one list at a time, and whatever happens the last good one stays."""
