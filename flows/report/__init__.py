"""What people are shown of a run, a story or an article."""
