"""A path or a frame in, a checked lazy table out; one file for each format."""
