. "$EXPECT"
cp "$INPUTS/odd.tif" .
expect 0 fringe segment --model "$MODEL" --overlay --probability odd.tif
expect 0 fringe segment --model "$MODEL" --threshold 0.9 --overwrite odd.tif
# Results that the new provenance does not know are gone with the one that did.
files odd.tif odd-mask.tif odd-fringe.json
says odd-fringe.json '"threshold": 0.9' '"overlay": false'
