"""Who is behind an address: what the kernel's neighbour table knows of it."""
