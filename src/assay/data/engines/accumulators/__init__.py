"""Batches of rows in, one small table out: each file gathers one kind of table."""
