"""One module for each sub-command: arguments in, documents out, no logic."""
