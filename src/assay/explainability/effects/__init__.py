"""What a column does to the predictions: partial dependence, ICE, ALE, importance."""
