"""Rows out to another program or machine, as text; its answers back, as predictions."""
