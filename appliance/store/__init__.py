"""What people decided and what was recorded: the database. Faces never open it."""
