"""Labels and predictions in, metrics with intervals, curves and findings out."""
