"""Articles to alignments, stories and variants."""
