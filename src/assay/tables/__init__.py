"""Frozen small tables, arrays only: an engine makes them in one scan, all else reads them."""
