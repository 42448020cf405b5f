"""Lists of domain names that others publish: reading them."""
