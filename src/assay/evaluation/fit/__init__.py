"""Did training go well: gap to the train rows, learning curve, spread over seeds and folds."""
