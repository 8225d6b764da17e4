"""Rows in, predictions out: the Predictor protocol, one adapter a file."""
