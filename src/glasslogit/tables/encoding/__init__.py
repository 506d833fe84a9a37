"""What turns the columns of a table into columns of X, learnt from training rows."""
