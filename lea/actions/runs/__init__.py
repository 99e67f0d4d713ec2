"""What Léa does about long work."""
