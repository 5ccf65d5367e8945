# A limit on the size of files stands for a disk that is full.
. "$EXPECT"
cp "$EXAMPLES/simulated-gold-2nm.tif" big.tif
cp "$INPUTS/odd.tif" .
got=0
(ulimit -f 200 && exec fringe segment --model "$MODEL" big.tif odd.tif) >out 2>err || got=$?
[ $got = 1 ] || fail "exit status $got: $(cat err)"
says err "^fringe: big.tif: big-mask.tif: .*" "odd.tif: done"
files big.tif odd.tif odd-mask.tif odd-fringe.json
