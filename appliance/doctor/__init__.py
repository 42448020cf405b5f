"""The self-test: what each network's clients really get, held against what they should get."""
