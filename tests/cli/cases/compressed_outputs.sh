# --compress gives the same pixels in fewer bytes; the result is refused or made again where it was asked for otherwise.
. "$EXPECT"
expect 0 fringe segment --model "$MODEL" --probability -o plain "$EXAMPLES/simulated-gold-2nm.tif" "$INPUTS/stack.tif"
expect 0 fringe segment --model "$MODEL" --probability --compress -o packed "$EXAMPLES/simulated-gold-2nm.tif" "$INPUTS/stack.tif"
no_parts
for name in simulated-gold-2nm-mask stack-mask simulated-gold-2nm-probability stack-probability; do
    fringe info plain/$name.tif | sed 1d >plain.facts
    fringe info packed/$name.tif | sed 1d >packed.facts
    same plain.facts packed.facts
done
[ "$(wc -c <packed/simulated-gold-2nm-mask.tif)" -lt $(($(wc -c <plain/simulated-gold-2nm-mask.tif) / 4)) ] || fail "not compressed"
says packed/stack-fringe.json '"compress": true'
says plain/stack-fringe.json '"compress": false'
expect 1 fringe segment --model "$MODEL" --compress -o plain "$INPUTS/stack.tif"
says err "without --compress, now with it"
expect 0 fringe segment --model "$MODEL" --compress --overwrite -o plain "$INPUTS/stack.tif"
same plain/stack-mask.tif packed/stack-mask.tif
