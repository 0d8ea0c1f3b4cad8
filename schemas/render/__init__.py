"""What follows from the definitions: SQL, data dictionary."""
