"""Where a model is weak: segments found on one half of the rows, confirmed on the other."""
