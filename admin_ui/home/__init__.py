"""What waits for whoever is signed in."""
