"""Inappropriate content reports, and the blocks made from them."""
