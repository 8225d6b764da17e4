"""How often rows were looked at, and what that does to the numbers."""
