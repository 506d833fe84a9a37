"""Many strengths of a penalty: paths, folds, scores and the choice among them."""
