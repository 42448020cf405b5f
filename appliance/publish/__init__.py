"""From the store to immutable snapshot files, and back into the faces that enforce them."""
