"""A code-quality daemon for every project of a workspace."""
