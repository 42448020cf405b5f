"""The appliance: everything of Bellgate but the proxy's addons and the admin UI."""
