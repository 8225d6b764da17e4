"""Simple models of a table, with one fixed way to prepare its columns."""
