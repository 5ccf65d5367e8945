# The micrographs that ship, with everything that can be asked for.
. "$EXPECT"
expect 0 fringe segment --model "$MODEL" -o results --probability --overlay "$EXAMPLES"
for image in "$EXAMPLES"/*.tif; do
    stem=results/$(basename "$image" .tif)
    for ending in mask.tif probability.tif overlay.png fringe.json; do
        [ -s "$stem-$ending" ] || fail "$stem-$ending is missing"
        says out "^$stem-$ending$"
    done
    fringe info --json "$image" "$stem-mask.tif" "$stem-probability.tif" "$stem-overlay.png" >facts 2>notes
    [ "$(sed 's/.*"width":\([0-9]*\),"height":\([0-9]*\).*/\1 \2/' facts | sort -u | wc -l)" = 1 ] ||
        fail "$stem: sizes differ: $(cat facts)"
    [ "$(head -n 3 facts | sed 's/.*"nm_per_px":\([0-9.]*\).*/\1/' | sort -u | wc -l)" = 1 ] ||
        fail "$stem: pixel sizes differ: $(cat facts)"
done
[ "$(wc -l <out)" = 16 ] || fail "$(wc -l <out) results, not 16"
