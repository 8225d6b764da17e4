"""The Engine protocol and its implementations: a lazy table in, small tables out."""
