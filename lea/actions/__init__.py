"""What Léa can do: one action a file, and the rules by which it happens once and with consent."""
