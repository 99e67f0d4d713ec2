"""WhatsApp's Cloud API: what comes in is kept, made turns of, and answered in order."""
