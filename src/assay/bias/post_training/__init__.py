"""Metrics of predictions: who is chosen, and whose mistakes are made."""
