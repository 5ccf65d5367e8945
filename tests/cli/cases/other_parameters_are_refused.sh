. "$EXPECT"
cp "$INPUTS/odd.tif" "$INPUTS/small.tif" .
expect 0 fringe segment --model "$MODEL" odd.tif
cp odd-mask.tif kept.tif
refused() {
    words=$1
    shift
    expect 1 fringe segment --model "$MODEL" "$@" odd.tif small.tif
    says err "^fringe: odd.tif: the result was made .*$words.*; use --overwrite or another -o$" "^fringe: small.tif: done"
    rm small-*
    same kept.tif odd-mask.tif
}
refused "with --threshold 0.5, now 0.6" --threshold 0.6
refused "with --normalize model, now minmax" --normalize minmax
refused "with --pixel-size calibration, now 0.03" --pixel-size 0.03
refused "with --resample auto, now off" --resample off
refused "with --exclude-bottom auto, now 8" --exclude-bottom 8
refused "without --probability, now with it" --probability
# Another command's options have no former values to tell.
mkdir by
cp odd-mask.tif by/odd.tif # labels that bear the micrograph's name
expect 0 fringe segment --model "$MODEL" -o by/segment odd.tif
expect 0 fringe analyze --model "$MODEL" -o by/analyze odd.tif
expect 0 fringe measure -o by/measure by/odd.tif
another() { # THEN NOW FILE [options]
    then=$1 now=$2
    shift 2
    expect 1 fringe "$now" "$@" -o "by/$then"
    says err "odd.tif: the result was made by fringe $then, now by fringe $now; use --overwrite or another -o$"
}
another segment analyze odd.tif --model "$MODEL"
another segment measure by/odd.tif
another analyze measure by/odd.tif
another measure segment odd.tif --model "$MODEL"
another measure analyze odd.tif --model "$MODEL"
expect 0 fringe segment --model "$MODEL" -o by/analyze odd.tif # whose results have all of these
# The input's bytes.
cp "$INPUTS/small.tif" odd.tif
expect 1 fringe segment --model "$MODEL" odd.tif
says err "with the input of sha256 [0-9a-f]*, now [0-9a-f]*; use --overwrite"
