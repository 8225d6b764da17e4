"""Metrics of predicted numbers: errors and predictions of a regression by group."""
