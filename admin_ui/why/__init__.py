"""Why something is open or closed, for any client, URL and moment."""
