. "$EXPECT"
cp "$INPUTS/small.tif" "$INPUTS/odd.tif" "$INPUTS/stack.tif" .
fringe info --json small.tif odd.tif stack.tif
fringe info --json "$INPUTS/odd.tif" | sed 's/{[^{}]*}}/0}/' | grep -o '"[a-z_]*":' | tr -d '":' >keys
[ "$(wc -l <keys)" -ge 12 ] || fail "only $(wc -l <keys) keys"
while read -r key; do
    fringe info --help | grep -q "[ (]$key\>" || fail "the help does not name $key"
done <keys
