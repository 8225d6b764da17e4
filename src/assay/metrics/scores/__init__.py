"""Scores and labels in, how well they rank and how true they are as probabilities out."""
