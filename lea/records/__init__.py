"""The business records and their rules."""
