. "$EXPECT"
cp "$INPUTS/odd.tif" "$INPUTS/small.tif" .
expect 0 fringe segment --model "$MODEL" odd.tif
cp odd-mask.tif kept.tif
refused() {
    words=$1
    shift
    expect 1 fringe segment --model "$MODEL" "$@" odd.tif small.tif
    says err "^fringe: odd.tif: the result was made .*$words.*; use --overwrite$" "^fringe: small.tif: done"
    rm small-*
    same kept.tif odd-mask.tif
}
refused "with --threshold 0.5, now 0.6" --threshold 0.6
refused "with --normalize model, now minmax" --normalize minmax
refused "with --pixel-size calibration, now 0.03" --pixel-size 0.03
refused "with --resample auto, now off" --resample off
refused "with --exclude-bottom auto, now 8" --exclude-bottom 8
refused "without --probability, now with it" --probability
# The input's bytes.
cp "$INPUTS/small.tif" odd.tif
expect 1 fringe segment --model "$MODEL" odd.tif
says err "with the input of sha256 [0-9a-f]*, now [0-9a-f]*; use --overwrite"
