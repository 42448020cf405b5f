"""The DNS face: bytes in, a plan from the policy, bytes out. The sockets are our own."""
