"""The engine that answers by rules where no model is configured."""
