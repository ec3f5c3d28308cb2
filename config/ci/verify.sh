#!/bin/sh
# dev-assistant in any CI that has a POSIX shell, python3 >= 3.11 and git. Run it in the root of the repository:
#
#   sh verify.sh install         dev-assistant by pip, as PACKAGE says
#   sh verify.sh part 2/3        one machine of three: writes RUNS/ci/part2.json. Hand it to the one that runs
#   sh verify.sh gate [REV]      joins RUNS/ci/part*.json into results and reports, and ends with the gate's status:
#                                0 passed, 1 failed, 3 unknown. What is demanded is what revision REV demands.
#
# One machine is enough: sh verify.sh part 1/1 && sh verify.sh gate
set -eu

PACKAGE=${PACKAGE:-dev-assistant[all]==0.1.0}
OUT=${OUT:-RUNS/ci}

usage() {
    echo "usage: verify.sh install | part I/N | gate [REV]" >&2
    exit 2
}

# Findings (1), doubts (3) and an empty part (5) are for the gate to judge.
for_the_gate() {
    "$@" || case $? in 1 | 3 | 5) ;; *) exit 2 ;; esac
}

case $#:${1-} in
    1:install)
        python3 -m pip install "$PACKAGE"
        ;;
    2:part)
        mkdir -p "$OUT"
        for_the_gate dev-assistant batch-verify --shard "$2" --output "$OUT/part${2%%/*}.json"
        ;;
    1:gate | 2:gate)
        for_the_gate dev-assistant merge "$OUT"/part*.json --output "$OUT/results.json" \
            -o markdown="$OUT/dashboard.md" -o junit="$OUT/junit.xml" -o checkstyle="$OUT/checkstyle.xml"
        dev-assistant gate --results "$OUT/results.json" ${2:+--policy-from "$2"}
        ;;
    *)
        usage
        ;;
esac
