#!/bin/sh
# A network with a Shrink is run, in bands and in full.
set -eu
build=$1
"$build/tests/unit/test_nn_shrink"
