"""Catalogues of suppliers: read, understood, and made into products."""
