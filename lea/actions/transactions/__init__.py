"""What Léa does with transactions."""
