. "$EXPECT"
cp "$INPUTS/odd.tif" "$INPUTS/small.tif" .
expect 0 fringe segment --model "$MODEL" --overlay .
ls -l --time-style=full-iso *-mask.tif *-fringe.json >before
mv out first
# Threads, bands, tiles and fewer files decide nothing.
expect 0 fringe segment --model "$MODEL" --threads 1 --band 7 --tile 32 .
ls -l --time-style=full-iso *-mask.tif *-fringe.json >after
same before after
same first out
says err "odd.tif: the same result is there already" "small.tif: the same result is there already"
# What is missing is made again, and what a killed run left is no obstacle.
rm small-mask.tif odd-fringe.json
expect 0 fringe segment --model "$MODEL" --overlay small.tif odd.tif
says err "small.tif: done" "odd.tif: done"
