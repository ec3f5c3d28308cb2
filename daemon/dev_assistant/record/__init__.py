"""From verdicts to disk: the cache that remembers and the evidence that proves."""
