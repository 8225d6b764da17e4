"""Boosters in the form that their own libraries keep: an object in, a Predictor out."""
