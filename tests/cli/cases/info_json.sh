cp "$INPUTS/small.tif" "$INPUTS/odd.tif" "$INPUTS/stack.tif" .
fringe info --json small.tif odd.tif stack.tif
