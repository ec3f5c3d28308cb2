"""`python -m dev_assistant.team_stats_aggregator`: the command ``team-stats`` by the name of the guides."""

import sys

from dev_assistant.cli import main

if __name__ == "__main__":
    sys.exit(main(["team-stats", *sys.argv[1:]]))
