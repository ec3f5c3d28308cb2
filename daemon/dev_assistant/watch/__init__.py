"""From the file system to hints: what may have changed, and which directories are looked at."""
