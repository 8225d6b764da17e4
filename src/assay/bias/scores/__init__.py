"""Metrics of scores: whether they rank and mean the same in every group."""
