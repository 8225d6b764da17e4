"""Frozen small tables, arrays only: an engine makes them in one scan, everything else reads them."""
