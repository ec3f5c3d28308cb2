"""From bytes to verdicts: one module for each tool, and the registry that names them."""
