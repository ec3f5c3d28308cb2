"""The daemon itself: the coordinator that owns all state, and the threads around it."""
