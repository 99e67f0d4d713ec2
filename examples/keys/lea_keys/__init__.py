"""What an agency's keys need of Léa: an action, a pipeline, a source of jobs, and a model of the agency's own."""
