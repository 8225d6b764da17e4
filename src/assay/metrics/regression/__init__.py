"""Errors of predicted numbers in, how large they are out."""
