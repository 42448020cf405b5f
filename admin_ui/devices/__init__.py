"""Devices, networks and groups."""
