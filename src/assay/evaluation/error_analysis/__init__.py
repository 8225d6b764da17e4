"""Answers and truth in; where, when and how the answers go wrong out."""
