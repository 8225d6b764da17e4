"""What a model must beat: a ladder of simple models, fitted on the train rows."""
