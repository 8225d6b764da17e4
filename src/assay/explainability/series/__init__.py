"""Forecasts in; which past values, related series and statics made them, out."""
