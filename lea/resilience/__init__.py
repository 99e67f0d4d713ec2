"""Mechanisms that keep one failure from becoming two."""
