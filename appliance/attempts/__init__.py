"""Attempts: one access tried, allowed or not, from a face to the store, each exactly once."""
