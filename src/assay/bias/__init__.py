"""Whom data or a model treats differently: facets → small tables → metrics with intervals."""
