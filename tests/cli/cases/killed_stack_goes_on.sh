# SIGKILL in the middle of a stack: the next run goes on behind the slices that are on the disk, and its results have
# the bytes of a run that nothing interrupted. A run of another input begins anew. Neither leaves anything unfinished.
. "$EXPECT"

# 8-bit planes of 512 x 512 behind one directory, as ImageJ writes large stacks: long enough to be interrupted in.
slices=40
description="ImageJ=1.54g
images=$slices
slices=$slices
"
{
    printf 'II\052\0\010\0\0\0\007\0'
    printf '\0\001\004\0\001\0\0\0\0\002\0\0\001\001\004\0\001\0\0\0\0\002\0\0' # 512 x 512
    printf '\002\001\003\0\001\0\0\0\010\0\0\0\006\001\003\0\001\0\0\0\001\0\0\0' # 8 bits, zero is black
    printf '\016\001\002\0\200\0\0\0\0\001\0\0'                                   # 128 bytes of description at 256
    printf '\021\001\004\0\001\0\0\0\0\002\0\0\027\001\004\0\001\0\0\0\0\0\004\0' # pixels at 512
    printf '\0\0\0\0'
} >head
{
    head -c 256 head
    head -c $((256 - $(wc -c <head))) /dev/zero
    printf '%s' "$description"
    head -c $((256 - ${#description})) /dev/zero
    for i in $(seq $slices); do tail -c +$((300 + 1000 * i)) "$EXAMPLES/simulated-gold-2nm.tif" | head -c 262144; done
} >stack.tif
rm head
[ "$(wc -c <stack.tif)" = $((512 + slices * 262144)) ] || fail "stack.tif has $(wc -c <stack.tif) bytes"

# interrupt: kills a run of the stack once it has put a checkpoint behind it
interrupt() {
    fringe segment --model "$MODEL" --probability --threads 1 -o results stack.tif >out 2>err &
    pid=$!
    until [ "$(cat results/stack-fringe.json.part 2>/dev/null | wc -l)" -ge 2 ]; do
        kill -0 $pid || fail "ended before it was interrupted: $(cat err)"
        sleep 0.02
    done
    kill -KILL $pid
    wait $pid || :
    [ -f results/stack-mask.tif.part ] && [ -f results/stack-probability.tif.part ] || fail "nothing is kept"
}

expect 0 fringe segment --model "$MODEL" --probability -o whole stack.tif
interrupt
expect 0 fringe segment --model "$MODEL" --probability -o results stack.tif
says err "stack.tif: goes on behind slice [1-9][0-9]* of 40"
same whole/stack-mask.tif results/stack-mask.tif
same whole/stack-probability.tif results/stack-probability.tif
sed 's/"made": .*//' whole/stack-fringe.json >wanted.json
sed 's/"made": .*//' results/stack-fringe.json >got.json
same wanted.json got.json
rm wanted.json got.json
no_parts

rm -r results
interrupt
cp "$INPUTS/stack.tif" .
expect 0 fringe segment --model "$MODEL" -o results stack.tif
! grep -q "goes on" err || fail "went on with another input"
no_parts
