. "$EXPECT"
cp "$INPUTS/odd.tif" a.tif
cp a.tif b.tif
cp a.tif "c d.tif"
printf 'b.tif\r\n\nc d.tif' >list
expect 0 fringe segment --model "$MODEL" --files-from list a.tif
printf '%s\n' a-mask.tif a-fringe.json b-mask.tif b-fringe.json 'c d-mask.tif' 'c d-fringe.json' | diff - out
rm ./*-mask.tif
printf 'b.tif\n' | fringe segment --model "$MODEL" --files-from - >out 2>err
says out b-mask.tif
expect 2 fringe segment --model "$MODEL" --files-from nowhere && says err "files-from: nowhere: No such file"
expect 2 fringe segment --model "$MODEL" --files-from /dev/null && says err "no input is named"
expect 2 fringe segment --model "$MODEL" --files-from a.tif && says err "is not a text file"
