"""What keeps the daemon from working well: one small check for each condition, and all of them at once."""
