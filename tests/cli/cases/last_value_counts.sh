. "$EXPECT"
cp "$INPUTS/odd.tif" .
expect 0 fringe segment --threshold 0.9 --model nowhere --threshold=0.4 odd.tif --model "$MODEL"
says odd-fringe.json '"threshold": 0.4'
