"""From records to documents: merging, statistics and dashboards."""
