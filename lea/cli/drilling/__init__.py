"""The client's side of a drill: people who ask, what they see, and what is made of it."""
