"""The school's certificate: what each platform needs, and whether a device trusts it."""
