"""Does a number come from knowing the answer: leaks, overlaps, and sets that differ."""
