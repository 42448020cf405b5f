"""The proxy face: small mitmproxy addons, one behaviour each, in the order of ``addons``."""
