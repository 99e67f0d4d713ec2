"""The parts of the server, each opened and closed in one place: here alone concrete classes are named."""
