"""Two candidates on the same rows in; which is better, by how much, and how sure, out."""
