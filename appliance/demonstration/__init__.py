"""A made-up school to look at: people, devices, a fortnight of attempts, forms in every state."""
