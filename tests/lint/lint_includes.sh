#!/bin/sh
# lint_includes.sh ROOT: the include law. A room includes itself and the rooms of its USES; USES keeps to
# order_of_rooms.txt, and CONTRIBUTING's table to USES; cli and jni see include/fringe alone; headers of the operating
# system are base's (and cli_terminal.c's), those of other libraries belong to one room each.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"

# Every include as: file, line, header, "quoted" or "system".
includes() {
    find native -name '*.[ch]' | sort | xargs awk '
        /^[ \t]*#[ \t]*include[ \t]*["<]/ {
            kind = /"/ ? "quoted" : "system"
            match($0, /["<][^">]*/)
            print FILENAME, FNR, substr($0, RSTART + 1, RLENGTH - 1), kind
        }'
}

# Every USES as: room, used room.
uses() {
    for list in native/*/CMakeLists.txt; do
        room=$(basename "$(dirname "$list")")
        sed 's/#.*//' "$list" | tr '\n()' '   ' | awk -v room="$room" '{
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^(SOURCES|KERNELS|LIBRARIES)$/) inside = 0
                else if ($i == "USES") inside = 1
                else if ($i ~ /^[a-z_]+$/ && inside) print room, $i
                if ($i ~ /^(add_|target_|set_|fringe_room)/) inside = 0
            }
        }'
    done
}

{
    sed 's/#.*//; /^ *$/d; s/^/order /' "$here/order_of_rooms.txt"
    sed 's/#.*//; /^ *$/d; s/^/foreign /' "$here/foreign_headers.txt"
    for list in native/*/CMakeLists.txt; do echo "room $(basename "$(dirname "$list")")"; done
    uses | sed 's/^/uses /'
    # | `room` | uses | holds |
    sed -n 's/^| `\([a-z]*\)` | *\([a-z ]*\) | .*/told \1 \2/p; s/^| `\([a-z]*\)` | include\/fringe only | .*/told \1/p' CONTRIBUTING.md
    includes | sed 's/^/include /'
} | awk '
    function complain(text) { print text; bad = 1 }
    $1 == "order" {
        for (i = 3; i <= NF; i++) {
            if (!($i in known)) complain("order_of_rooms.txt: " $2 " may include " $i ", which does not stand above it")
            law[$2, $i] = 1
        }
        known[$2] = 1
        next
    }
    $1 == "foreign" { owner[$2] = $3; next }
    $1 == "uses" {
        if (!($2 in known)) complain("native/" $2 ": this room is not in order_of_rooms.txt")
        else if (!(($2, $3) in law)) complain("native/" $2 "/CMakeLists.txt: USES " $3 ", against the order of rooms")
        used[$2, $3] = 1
        next
    }
    $1 == "room" { room_is_there[$2] = 1; next }
    $1 == "told" {
        told_room[$2] = 1
        for (i = 3; i <= NF; i++) {
            told[$2, $i] = 1
            if ($2 in room_is_there && !(($2, $i) in used)) complain("CONTRIBUTING.md: " $2 " does not use " $i)
        }
        next
    }
    {
        file = $2; header = $4
        split(file, part, "/")
        room = part[2]
        place = file ":" $3 ": "
        if (header ~ /^fringe\//) next
        if ($5 == "quoted" && !(header in owner)) {
            split(header, target, "/")
            if (index(header, "/") == 0) complain(place "\"" header "\" has no room in front of it")
            else if (target[1] == room) next
            else if (!((room, target[1]) in used)) complain(place room " may not include " header " (not in its USES)")
            next
        }
        if (header in owner) {
            if (owner[header] != room) complain(place header " belongs to native/" owner[header] " alone")
            if (header == "cblas.h" && blas != "" && blas != file) complain(place "cblas.h is included in " blas " already")
            if (header == "cblas.h") blas = file
            next
        }
        if (header ~ /^(assert|complex|ctype|errno|fenv|float|inttypes|limits|locale|math|setjmp|stdarg|stdalign|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|tgmath|time|uchar|wchar|wctype)\.h$/) next
        if (header == "immintrin.h" && room == "base") next
        if (room == "base" || file == "native/cli/cli_terminal.c") next
        complain(place "<" header "> is a header of the operating system, which is the business of native/base alone")
    }
    END {
        for (pair in used) {
            split(pair, name, SUBSEP)
            if (!(pair in told)) complain("CONTRIBUTING.md: does not tell that " name[1] " uses " name[2])
        }
        for (room in room_is_there)
            if (!(room in told_room)) complain("CONTRIBUTING.md: says nothing of native/" room)
        exit bad
    }'
