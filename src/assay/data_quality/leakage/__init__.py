"""Train, validation and judged rows in; what flatters the numbers made from them, out."""
