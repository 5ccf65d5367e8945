# A folder that cannot be written: the input fails, by name, and the next one goes on to fail or not by itself.
. "$EXPECT"
: >file
expect 1 fringe segment --model "$MODEL" -o file/below "$INPUTS/odd.tif" "$INPUTS/small.tif"
says err "odd.tif: file.*" "small.tif: file.*"
silent out
[ "$(id -u)" = 0 ] || {
    mkdir locked
    chmod 555 locked
    expect 1 fringe segment --model "$MODEL" -o locked "$INPUTS/odd.tif"
    says err "odd.tif: locked/"
}
[ ! -d /proc/self ] || {
    expect 1 fringe segment --model "$MODEL" -o /proc/self "$INPUTS/odd.tif"
    says err "odd.tif: /proc/self/odd-"
}
expect 2 fringe segment --model "$MODEL" -o file "$INPUTS/odd.tif"
says err "^fringe: -o: file is a file, no folder"
