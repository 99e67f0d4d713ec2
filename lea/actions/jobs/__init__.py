"""What Léa finds out about the departments' jobs."""
