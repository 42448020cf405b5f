"""Lists of names: where they come from, how they fare, what they close for whom."""
