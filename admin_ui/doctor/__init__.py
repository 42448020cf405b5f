"""The self-test: what each role really gets, when that was tried, and what was wrong."""
