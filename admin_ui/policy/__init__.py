"""The rules: read, changed, compared, put back."""
