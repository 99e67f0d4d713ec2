"""When something is to be asked again: rules of recurrence, their moments, and how they are said."""
