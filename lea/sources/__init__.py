"""Where a session's profile and department jobs come from."""
