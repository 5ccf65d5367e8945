# Two runs into one folder: an input is one run's from its first byte to its provenance. The other says so, leaves it
# alone and goes on; together they have everything, with the bytes of a run alone.
. "$EXPECT"
mkdir in
for i in $(seq 100 107); do cp "$EXAMPLES/simulated-gold-2nm.tif" "in/m$i.tif"; done

# hold COMMAND...: stops a run in the midst of an input, which is then $held; $pid is the run. Seen once, the input may
# not be the run's yet: it makes the file before it locks it.
hold() {
    mkdir results
    before=
    "$@" >/dev/null 2>first &
    pid=$!
    while :; do
        kill -STOP $pid || fail "ended before it was held: $(cat first)"
        sleep 0.01
        part=$(find results -name '*-fringe.json.part')
        [ -z "$part" ] || [ "$part" != "$before" ] || break
        before=$part
        kill -CONT $pid
        sleep 0.005
    done
    held=$(basename "$part" -fringe.json.part)
}

# go_on: lets it finish, which nothing keeps it from
go_on() {
    kill -CONT $pid
    wait $pid || fail "the first run: exit status $?: $(cat first)"
}

# together COMMAND...: twice at the same moment; neither fails but for what the other is at work on
together() {
    "$@" >/dev/null 2>first &
    pid=$!
    "$@" >/dev/null 2>second || [ $? = 1 ] || fail "the second run: $(cat second)"
    wait $pid || [ $? = 1 ] || fail "the first run: $(cat first)"
    ! grep -h '^fringe: in/.*: ' first second | grep -v 'done$\|same result\|in use by another program' >&2 ||
        fail "another reason"
    no_parts
}

for command in segment analyze; do
    set -- fringe $command --model "$MODEL" --overlay --threads 1
    [ $command = segment ] || set -- fringe $command --model "$MODEL" --threads 1
    rm -rf results whole
    expect 0 "$@" -o whole in
    hold "$@" -o results in
    expect 1 "$@" -o results "in/$held.tif" in/m107.tif
    says err "in/$held.tif: results/$held-fringe.json: $held-fringe.json.part is in use by another program" \
        "in/m107.tif: done"
    go_on
    no_parts
    expect 0 "$@" -o results in
    rm -r results
    mkdir results
    together "$@" -o results in
    expect 0 "$@" -o results in # of an analysis, the pages over all inputs
    [ "$(grep -c 'the same result is there already' err)" = 8 ] || fail "not complete: $(cat err)"
    for file in whole/*; do
        case $file in
        *-fringe.json) [ -f "results/${file#*/}" ] || fail "${file#*/} is missing" ;;
        *) same "$file" "results/${file#*/}" ;;
        esac
    done
    [ "$(ls whole)" = "$(ls results)" ] || fail "other files than those of a run alone"
done

# Measurements as well.
mkdir masks
for i in $(seq 100 139); do cp whole/m100-mask.tif masks/m$i-mask.tif; done
rm -r results
hold fringe measure -o results masks
expect 1 fringe measure -o results "masks/$held.tif"
says err "$held-fringe.json.part is in use by another program"
go_on
no_parts
