"""Per-class rates in, one named average over the classes out."""
