"""True and given labels of rows that may have many in, one number out."""
