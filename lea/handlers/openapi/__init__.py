"""`/openapi.json` and `/docs`, made from the table of routes.

What a route takes and gives is said where it is added (`Routes.add`); nothing here knows a single route.
"""

from lea.handlers.openapi.answers import Problem
from lea.handlers.openapi.document import document
from lea.handlers.openapi.serving import Described, add_documents

__all__ = ["Described", "Problem", "add_documents", "document"]
