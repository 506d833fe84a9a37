"""Whether an optimum exists: separated classes and columns that depend on each other."""
