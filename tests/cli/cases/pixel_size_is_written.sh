# --pixel-size is the input's, over its calibration; results carry it.
. "$EXPECT"
cp "$INPUTS/odd.tif" "$INPUTS/small.tif" .
expect 0 fringe segment --model "$MODEL" --pixel-size 0.04 odd.tif small.tif
fringe info --json odd-mask.tif small-mask.tif >facts
[ "$(grep -c '"nm_per_px":0.04,' facts)" = 2 ] || fail "$(cat facts)"
says facts '"width":97,"height":61' '"width":96,"height":80'
says small-fringe.json '"pixel_size": 0.04' '"nm_per_px": 0.04' '"worked_at_nm_per_px": 0.0498'
