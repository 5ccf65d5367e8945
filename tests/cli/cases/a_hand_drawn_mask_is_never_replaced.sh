. "$EXPECT"
cp "$INPUTS/odd.tif" .
cp "$INPUTS/small.tif" odd-mask.tif
for overwrite in "" --overwrite; do
    expect 1 fringe segment --model "$MODEL" $overwrite odd.tif
    says err "odd.tif: odd-mask.tif was not written by Fringe and is not replaced"
    same "$INPUTS/small.tif" odd-mask.tif
done
rm odd-mask.tif
echo '{"mine": 1}' >odd-fringe.json
expect 1 fringe segment --model "$MODEL" --overwrite odd.tif
says err "odd-fringe.json was not written by Fringe"
files odd.tif odd-fringe.json
