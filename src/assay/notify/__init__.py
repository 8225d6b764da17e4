"""Findings in, messages out: the channel protocol, one channel a file."""
