"""Small tables in, one Estimate out; one metric a file, and the catalogue of all."""
