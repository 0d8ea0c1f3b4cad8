"""Programs that make test inputs: the samples that are not plain text, and nasty ones."""
