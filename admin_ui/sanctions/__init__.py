"""Sanctions and supervised sessions: made, seen by those who need to, ended (DM 7.2)."""
