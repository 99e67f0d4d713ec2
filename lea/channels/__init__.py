"""Where people write to Léa from outside of her page."""
