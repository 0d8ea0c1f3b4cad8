"""Finding words in all texts: the index of folded terms, questions to it, and the places where they are met."""
