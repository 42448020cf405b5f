"""Signing in and out: password, second factor, passkey, identity provider, e-mailed link."""
