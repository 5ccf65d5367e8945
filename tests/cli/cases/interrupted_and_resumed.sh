# Ctrl-C: exit status 4, nothing half-written, what was done stays; the same command finishes the rest.
. "$EXPECT"
mkdir in
for i in $(seq 100 140); do cp "$EXAMPLES/simulated-gold-2nm.tif" "in/m$i.tif"; done
for signal in INT TERM; do
    rm -rf results err
    fringe segment --model "$MODEL" --threads 1 --probability -o results in >out 2>err &
    pid=$!
    until grep -q done err 2>/dev/null; do
        kill -0 $pid || fail "ended before it was interrupted: $(cat err)"
        sleep 0.01
    done
    kill -$signal $pid
    got=0
    wait $pid || got=$?
    [ $got = 4 ] || fail "exit status $got: $(cat err)"
    no_parts
    done=$(find results -name '*-fringe.json' | wc -l)
    [ "$done" -gt 0 ] && [ "$done" -lt 41 ] || fail "$done of 41 were done"
    [ "$(find results -name '*-mask.tif' | wc -l)" = "$done" ] || fail "masks without provenance"
    [ "$(find results -name '*-probability.tif' | wc -l)" = "$done" ] || fail "probabilities without provenance"
    says err "cancelled; [0-9]* of 41 inputs were not reached"
done
rm in/m12?.tif in/m13?.tif
expect 0 fringe segment --model "$MODEL" --probability -o results in
[ "$(grep -c 'same result' err)" -ge 1 ] || fail "nothing was skipped"
[ "$(find results -name '*-fringe.json' | wc -l)" -ge 21 ] || fail "not finished"
