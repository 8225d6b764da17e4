"""Tree ensembles and rows in, exact attributions out."""
