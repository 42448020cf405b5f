"""The school's certificate authority: a root that can leave the box, and what signs for it."""
