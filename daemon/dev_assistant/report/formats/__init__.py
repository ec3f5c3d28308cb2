"""The check document in the forms that platforms and people read, each a pure function of it."""
