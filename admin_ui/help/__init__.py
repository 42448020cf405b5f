"""Help pages, the accessibility statement, and what the network tells everybody."""
