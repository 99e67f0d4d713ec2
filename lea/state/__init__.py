"""What processes share and may lose."""
