"""Webhooks out: programs of a company are told what happened, signed, and again until they have it."""
