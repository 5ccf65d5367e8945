# A limit on the size of files stands for a disk that is full.
. "$EXPECT"
cp "$EXAMPLES/simulated-gold-2nm.tif" big.tif
cp "$INPUTS/odd.tif" .
got=0
(ulimit -f 200 && exec fringe segment --model "$MODEL" big.tif odd.tif) >out 2>err || got=$?
[ $got = 1 ] || fail "exit status $got: $(cat err)"
says err "^fringe: big.tif: big-mask.tif: cannot be written: File too large$" "odd.tif: done"
files big.tif odd.tif odd-mask.tif odd-fringe.json
for how in "--compress 1" "--overlay 40"; do # in other libraries' hands
    got=0
    (ulimit -f "${how#* }" && exec fringe segment --model "$MODEL" "${how% *}" big.tif) >out 2>err || got=$?
    [ $got = 1 ] || fail "exit status $got: $(cat err)"
    says err "^fringe: big.tif: big-.*: cannot be written: File too large$"
done
files big.tif odd.tif odd-mask.tif odd-fringe.json
