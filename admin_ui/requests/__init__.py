"""Blocked content access requests, standing permissions, curriculum activities."""
