"""The attempt log as its readers see it."""
