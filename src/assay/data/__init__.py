"""Files, frames and arrays in, a Dataset out: where the rows are and what the columns mean."""
