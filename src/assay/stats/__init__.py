"""Arrays in, numbers with their doubt out: intervals, tests, resampling."""
