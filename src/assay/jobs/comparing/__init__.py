"""Candidates and the rows they are judged on in; which is better, and how sure that is, out."""
