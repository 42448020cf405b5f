"""Signs of ways round the gate: what was seen of a client, weighed over time. PURE."""
