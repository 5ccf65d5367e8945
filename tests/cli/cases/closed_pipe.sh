# Who reads no further gets an error, not a dead program with files half-written.
. "$EXPECT"
cp "$INPUTS/odd.tif" .
got=0
fringe info odd.tif >/dev/full 2>err || got=$?
[ $got = 1 ] || fail "exit status $got"
says err "standard output: cannot be written"
