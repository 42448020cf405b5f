"""The door: the one process with power over the kernel. It carries the ruleset in, and no more.

Fails closed: when it dies, what it told the kernel stays in force; the supervisor starts it
again, and it goes on from there. Nothing of a client's ever waits for it.
"""
