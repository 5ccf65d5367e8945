# Without -o beside the input; with it, subfolders are mirrored; names keep their dots, blanks and letters.
. "$EXPECT"
mkdir -p in/deep/er "in/a b"
cp "$INPUTS/odd.tif" "in/x.y.tif"
cp "$INPUTS/odd.tif" in/deep/er/é.tif
cp "$INPUTS/odd.tif" "in/a b/-dash.TIFF"
expect 0 fringe segment --model "$MODEL" --recursive -o results in
[ "$(cd results && find . -type f | LC_ALL=C sort)" = "./a b/-dash-fringe.json
./a b/-dash-mask.tif
./deep/er/é-fringe.json
./deep/er/é-mask.tif
./x.y-fringe.json
./x.y-mask.tif" ] || fail "$(find results -type f)"
cd "in/a b"
expect 0 fringe segment --model "$MODEL" -- -dash.TIFF
files -dash.TIFF -dash-mask.tif -dash-fringe.json
cd ..
expect 0 fringe segment --model "$MODEL" .
[ -f x.y-mask.tif ] && [ ! -e deep/er/é-mask.tif ] || fail "subfolders are not to be entered without --recursive"
