"""The analyses that `analyze` runs, one file each, found by entry point."""
