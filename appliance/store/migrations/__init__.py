"""The steps from one program's tables to the next, and how Alembic runs them."""
