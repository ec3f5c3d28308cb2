"""Small functions without state."""
