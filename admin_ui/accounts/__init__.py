"""Accounts of the web pages: who may do what."""
