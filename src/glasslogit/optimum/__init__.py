"""One fit, judged: is there an optimum, how is it reached, and how near is it."""
