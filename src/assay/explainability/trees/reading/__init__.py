"""Fitted models of each library in, a `Forest` out."""
