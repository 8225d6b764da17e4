"""Do the intervals or sets that a model gives hold what they promise."""
