# A mask that is neither empty nor full where a particle with fringes lies on noise.
. "$EXPECT"
expect 0 fringe segment --model "$MODEL" -o . "$INPUTS/small.tif"
pixels=$(sed -n 's/.*"pixels": \([0-9]*\).*/\1/p' small-fringe.json)
[ "$pixels" -gt 300 ] && [ "$pixels" -lt 4000 ] || fail "$pixels pixels of particle; the disc has 1810 of 7680"
