"""Cells and foreign text in, lines that a terminal shows out."""
