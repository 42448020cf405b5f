"""Bells, terms and one-off days."""
