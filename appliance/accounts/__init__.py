"""Who may use the web pages: posts, passwords, second factors, tickets, limits."""
