"""Forms in which a model can be given: one file a form."""
