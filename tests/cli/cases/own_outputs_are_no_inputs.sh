. "$EXPECT"
cp "$INPUTS/odd.tif" .
expect 0 fringe segment --model "$MODEL" --probability --overlay .
expect 0 fringe segment --model "$MODEL" --probability --overlay .
says err "\./odd-mask.tif and 2 more files were written by Fringe and are passed over\|\./odd-overlay.png and 2 more"
[ "$(wc -l <out)" = 4 ] || fail "results of one input, not: $(cat out)"
expect 0 fringe segment --model "$MODEL" --probability --overlay odd.tif odd-mask.tif odd-overlay.png
says err "odd-mask.tif: was written by Fringe and is passed over" "odd-overlay.png: was written by Fringe"
rm out err
expect 0 fringe segment --model "$MODEL" --probability --overlay *
says err "odd-fringe.json: was written by Fringe and is passed over"
echo '{}' >other-fringe.json
expect 1 fringe segment --model "$MODEL" --probability --overlay odd.tif other-fringe.json
says err "^fringe: other-fringe.json: .* of no format"
rm other-fringe.json
expect 2 fringe segment --model "$MODEL" odd-mask.tif
says err "nothing is to be done: odd-mask.tif was written by Fringe itself"
mkdir pair
cp "$INPUTS/odd.tif" pair/odd.tif
cp "$INPUTS/small.tif" pair/odd_label.tif
expect 0 fringe segment --model "$MODEL" -o found pair
says err "pair/odd_label.tif: is labels by its name and is passed over"
[ "$(ls found)" = "$(printf 'odd-fringe.json\nodd-mask.tif')" ] || fail "$(ls found)"
expect 0 fringe segment --model "$MODEL" -o found pair/odd_label.tif
rm -r pair found
files odd.tif odd-mask.tif odd-probability.tif odd-overlay.png odd-fringe.json
