"""The parts of `lea chat`."""
