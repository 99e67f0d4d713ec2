"""What people plainly ask for, understood by rules before any model."""

from lea.actions.intents.intent import ASKS, Intent
from lea.actions.intents.readiness import prepared
from lea.actions.intents.understand import understand

__all__ = ["ASKS", "Intent", "prepared", "understand"]
