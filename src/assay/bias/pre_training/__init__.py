"""Metrics of the data alone: group sizes, labels, and how labels differ between groups."""
