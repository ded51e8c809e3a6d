#!/bin/sh
# A year of a city through the real service, in a data directory that is thrown away; in memory where
# the machine has such a place, since what is asked here is the work, not the disk.
# usage: tools/simulate.sh BUILD_DIR [DAYS [CASES_A_DAY [SEED]]]
set -eu
build=$1; shift
dir=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$dir"' EXIT
"$build/tests/bench/simulate" "$dir" "$@"
