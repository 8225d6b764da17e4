"""A model and a row in; the smallest plausible changes that flip its answer out."""
