# A program that is started with its standard streams closed, as by some daemons, gives the next files it opens their
# numbers: what it says is lost then, and does not land in a result.
. "$EXPECT"
cp "$INPUTS/stack.tif" .
fringe segment --model "$MODEL" --overlay -o open stack.tif >/dev/null 2>err
says err 'note: stack.tif: the overlay shows the first of 3 slices' # while the mask is being written
got=0
fringe segment --model "$MODEL" --overlay -o closed stack.tif <&- >&- 2>&- || got=$?
[ $got = 1 ] || fail "exit status $got where nobody was told of the results"
same open/stack-mask.tif closed/stack-mask.tif
same open/stack-overlay.png closed/stack-overlay.png
fringe segment --model "$MODEL" --overlay -o silent stack.tif >/dev/null 2>&-
same open/stack-mask.tif silent/stack-mask.tif
