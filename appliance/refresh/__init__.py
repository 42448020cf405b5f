"""Keeping subscribed lists current, and seeing that the filter behind the gate is there."""
