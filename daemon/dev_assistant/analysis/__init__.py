"""What we find in files ourselves: pure functions from bytes to findings, run in processes that may die."""
