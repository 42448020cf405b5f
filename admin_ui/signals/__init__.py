"""The pages on signs of ways round the gate: whose, why, and what was said of them."""
