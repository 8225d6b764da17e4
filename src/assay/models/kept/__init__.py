"""Predictions that were made in, the same predictions out: nobody has to ask the model again."""
