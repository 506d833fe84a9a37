"""LogisticRegression: parameters, rows, training and predictions."""
