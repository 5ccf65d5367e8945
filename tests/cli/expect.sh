# expect.sh - what the tests of the command line share; sourced by them.

# fail WORDS...: ends the test
fail() {
    echo "$*" >&2
    exit 99
}

# expect STATUS COMMAND...: the command ends with this status; what it prints lies in `out` and `err`
expect() {
    wanted=$1
    shift
    got=0
    "$@" >out 2>err || got=$?
    [ "$got" = "$wanted" ] || {
        cat err >&2
        fail "exit status $got, not $wanted: $*"
    }
}

# says FILE PATTERN...: the file has a line that matches each pattern of grep
says() {
    file=$1
    shift
    for pattern; do
        grep -q -e "$pattern" "$file" || {
            cat "$file" >&2
            fail "$file says nothing like: $pattern"
        }
    done
}

# silent FILE: the file is empty
silent() {
    [ ! -s "$1" ] || {
        cat "$1" >&2
        fail "$1 is not empty"
    }
}

# files NAME...: exactly these lie here, apart from out and err
files() {
    printf '%s\n' "$@" | LC_ALL=C sort >../wanted
    find . -type f ! -path ./out ! -path ./err | sed 's|^\./||' | LC_ALL=C sort >../found
    diff ../wanted ../found >&2 || fail "other files than expected"
}

# same FILE FILE...: all have the bytes of the first
same() {
    first=$1
    shift
    for other; do cmp "$first" "$other" >&2 || fail "$first and $other differ"; done
}

# no_parts: nothing half-written is left
no_parts() {
    [ -z "$(find . -name '*.part')" ] || fail "left behind: $(find . -name '*.part')"
}

# commands: all of them, one a line: what `fringe --help` lists
commands() {
    fringe --help | sed -n 's/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p'
}
