# Cut anywhere, a file is an error that names it, and leaves nothing.
. "$EXPECT"
for bytes in 0 1 4 8 20 100 150 160 200 5000; do
    head -c $bytes "$INPUTS/odd.tif" >cut.tif
    expect 1 fringe segment --model "$MODEL" cut.tif
    says err "^fringe: cut.tif: "
    files cut.tif
done
