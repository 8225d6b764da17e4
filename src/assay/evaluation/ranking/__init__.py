"""Rankings judged query by query."""
