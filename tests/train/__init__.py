"""Programs that make the tables of weights in the packages, from gold that is not part of the repository."""
