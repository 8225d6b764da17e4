"""Small tables in; what could be done about a difference, with its price, out."""
