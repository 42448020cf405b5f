"""The first start: from an empty appliance to a working, tested gate; and the settings after."""
