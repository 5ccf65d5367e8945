. "$EXPECT"
mkdir a b
cp "$INPUTS/odd.tif" a/x.tif
cp "$INPUTS/odd.tif" b/x.tif
cp "$INPUTS/odd.tif" b/X.tif
cp "$EXAMPLES/truth/simulated-gold-2nm-mask.png" a/x.png
ln -s a link
clash() {
    expect 2 fringe segment --model "$MODEL" "$@"
    says err "would both be written to"
    silent out
}
clash a/x.tif a/x.png
says err "a/x.tif and a/x.png would both be written to a/x-mask.tif"
clash -o results a/x.tif b/x.tif
clash a
clash -o results a/x.tif b/X.tif
clash a/x.tif link/x.png
cp a/x.png a/x-mask.tif
expect 2 fringe segment --model "$MODEL" a/x.tif a/x-mask.tif
says err "a/x-mask.tif is an input and would be replaced by the result of a/x.tif"
files a/x.tif b/x.tif b/X.tif a/x.png a/x-mask.tif
# One file named twice is no clash.
expect 0 fringe segment --model "$MODEL" b/x.tif ./b/x.tif
says err "is named twice and taken once"
[ "$(grep -c done err)" = 1 ] || fail "done $(grep -c done err) times"
# Wrong usage counts before a wrong model.
expect 2 fringe segment --model nowhere a/x.tif a/x.png
says err nowhere "a/x.tif and a/x.png would both be written to a/x-"
