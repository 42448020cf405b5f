"""The pure core: who asks for what, when, and what the school's policy says to that.

Nothing here reads a file, a clock, a socket or a database, and nothing here imports
another package of the appliance. Everything is a frozen value or a function of values.
"""
