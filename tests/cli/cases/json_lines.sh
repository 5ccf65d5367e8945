# One object per input, in order, with its keys in order; nothing else on standard output.
cp "$INPUTS/odd.tif" a.tif
cp "$EXAMPLES/truth/simulated-gold-2nm-mask.png" b.tif
head -c 100 a.tif >c.tif
fringe segment --model "$MODEL" --json a.tif b.tif c.tif d.tif || echo "exit status $?"
fringe segment --model "$MODEL" --json a.tif
