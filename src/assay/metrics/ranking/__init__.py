"""Rows of queries with relevance and scores in, the quality of each query's order out."""
