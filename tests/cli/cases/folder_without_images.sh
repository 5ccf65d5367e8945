# A named folder in which there is nothing to do is an input that fails, by name; the others are done.
. "$EXPECT"
mkdir -p empty/below some
cp "$INPUTS/odd.tif" some/
cp "$INPUTS/odd.tif" empty/below/
echo "no image" >empty/notes.txt
expect 1 fringe segment --model "$MODEL" -o results empty
says err "^fringe: empty: holds no image; subfolders were not looked into"
[ ! -e results ] || fail "something was written"
expect 1 fringe segment --model "$MODEL" -o results --json empty some
says out '"input":"empty","status":"file"' '"input":"some/odd.tif","status":"ok"'
[ -f results/odd-mask.tif ] || fail "the other folder was not done"
expect 0 fringe segment --model "$MODEL" -o below --recursive empty
[ -f below/below/odd-mask.tif ] || fail "the subfolder was not looked into"
