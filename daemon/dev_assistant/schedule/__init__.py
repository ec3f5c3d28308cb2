"""From hints to work in order: debouncing, the job queue and its workers."""
