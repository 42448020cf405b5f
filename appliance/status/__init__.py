"""How the gate is, seen from outside: by asking its faces as a client would."""
