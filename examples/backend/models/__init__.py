"""Values; nothing here does input or output."""
