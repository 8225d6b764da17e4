"""Tables of one container in, masked rows of the same container out."""
