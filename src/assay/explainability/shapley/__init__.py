"""Estimators of Shapley values: games in, attributions out."""
