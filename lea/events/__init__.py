"""What is told: one value an event, each knowing its JSON object on the wire."""
