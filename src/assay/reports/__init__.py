"""Pages of blocks in, one self-contained HTML file out."""
