"""Texts and a model in; what each word, sentence or paragraph adds to its score out."""
