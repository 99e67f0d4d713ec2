"""What Léa costs beside the least a server could do: a bare relay in the same run, on the same core."""
