# A batch that goes on where images were changed meanwhile, or others bear their names: no earlier result is taken for
# theirs, none is replaced, and the others are done.
. "$EXPECT"
mkdir first second
for name in x y z; do cp "$INPUTS/small.tif" "first/$name.tif"; done
cp "$INPUTS/odd.tif" second/x.tif
cp "$INPUTS/small.tif" second/y.tif
run() {
    status=$1
    shift
    expect "$status" fringe analyze --no-classify --model "$MODEL" -o results "$@"
}
run 0 first
cp -r results earlier
# As a killed run leaves it: z has no provenance yet; then y is another image.
rm results/z-fringe.json results/report.html
cp "$INPUTS/stack.tif" first/y.tif
run 1 first
says err 'x.tif: the same result is there' 'z.tif: done' \
    'y.tif: the result was made with the input of sha256 [0-9a-f]*, now [0-9a-f]*; use --overwrite'
for name in y-mask.tif y-particles.csv y-fringe.json z-mask.tif; do same "earlier/$name" "results/$name"; done
says results/summary.csv '^first/x.tif,ok' '^first/y.tif,failed' '^first/z.tif,ok'
says results/report.html '<li>first/y.tif: the result was made with the input'
if grep -q '^[^,]*,first/y.tif' results/particles.csv; then fail "particles of the image that was"; fi
# Other folders, the same names; only the same bytes are the same image.
run 1 second
says err 'second/x.tif: the result was made with the input' 'second/y.tif: the same result is there'
same earlier/x-mask.tif results/x-mask.tif
run 0 --overwrite first
says err 'x.tif: the same result is there' 'y.tif: done'
no_parts
