"""Quality gates: figures on the development gold that no change may lower."""
