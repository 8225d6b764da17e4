"""The numbers of one evaluation in, findings with a cause and a next step out."""
