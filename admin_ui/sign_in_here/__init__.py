"""Using a device as oneself for a day: the portal's sign-in, for whoever has an account."""
