"""An image and a model in; what each of its segments adds to the score out."""
