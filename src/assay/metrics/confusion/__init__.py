"""Label and prediction counted in, one agreement of the two out."""
