"""Forecasts judged series by series, along time."""
