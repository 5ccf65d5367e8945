. "$EXPECT"
expect 0 fringe segment --model "$MODEL" -o . --probability --overlay "$INPUTS/stack.tif"
files stack-mask.tif stack-probability.tif stack-overlay.png stack-fringe.json
says err "the overlay shows the first of 3 slices"
fringe info stack-mask.tif >facts && says facts "pages  *3" "size  *48 x 64"
fringe info stack-probability.tif >facts && says facts "pages  *3" "channels  *2" "type  *float32"
says stack-fringe.json '"pages": 3' '"input: the overlay shows the first of 3 slices'
