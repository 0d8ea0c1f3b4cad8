"""What happens: the stages, the Prefect flows that schedule them, and the command line."""
