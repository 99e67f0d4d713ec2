"""Léa, a self-hosted assistant server for small companies' back offices."""

__version__ = "0.1.0"
