#!/bin/sh
# lint_headers.sh ROOT: the grammar of headers. Each begins with `/* name.h - what it is for`, says it in full (four
# lines at least where it is public and declares functions), and every public function has its comment directly above
# it, or stands directly below its sibling that has one.
set -eu
cd "$1"
find include native -name '*.h' | sort | xargs awk '
    function complain(line, text) { print FILENAME ":" line ": " text; bad = 1 }
    FNR == 1 {
        finish()
        n = split(FILENAME, part, "/")
        opening = "/* " part[n] " - "
        if (index($0, opening) != 1) complain(1, "does not begin with \"" opening "\"")
        first_comment = 1; comment_lines = 0
        functions = 0; above = ""; public = FILENAME ~ /^include\//; name = FILENAME; static_open = ""
    }
    first_comment { comment_lines++; if (/\*\//) first_comment = 0 }
    public && /^FRINGE_API/ {
        functions++
        if (above != "comment" && above != "prototype") complain(FNR, "no comment above: " $0)
        in_prototype = 1
    }
    # A function that is defined in a header must be static: kernels are compiled several times.
    /^[a-z].*\)[ \t]*$/ && !/^(static|typedef|struct|enum|union|#)/ && !/;/ { static_open = FNR ": " $0; next_brace = FNR + 1 }
    /^\{/ && FNR == next_brace { complain(FNR - 1, "a function that is not static is defined in a header") }
    { above = in_prototype ? "prototype" : /\*\/[ \t]*$/ ? "comment" : "" }
    in_prototype && /;[ \t]*$/ { in_prototype = 0 }
    function finish() {
        if (public && functions > 0 && comment_lines < 4) {
            print name ":1: the first comment has " comment_lines " lines, not 4"
            bad = 1
        }
    }
    END { finish(); exit bad }'
