#!/bin/sh
# A PGM file is read, by the unit test and by the program.
set -eu
build=$1
"$build/tests/unit/test_io_pgm"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
printf 'P5\n3 2\n255\nabcdef' >"$work/grey.pgm"
"$build/native/cli/fringe" info --json "$work/grey.pgm" | grep '"reader": *"pgm"'
