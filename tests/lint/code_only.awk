# code_only.awk - C sources without comments, each line as FILE:LINE:code; with -v strings=0 also without what stands
# between quotes. Blank lines are left out. For the lints, which look for words and must not find them in prose.
BEGIN { if (strings == "") strings = 1 }
FNR == 1 { in_comment = 0 }
{
    line = $0
    code = ""
    quote = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        pair = substr(line, i, 2)
        if (in_comment) {
            if (pair == "*/") { in_comment = 0; i++ }
        } else if (quote != "") {
            if (c == "\\") {
                if (strings) code = code pair
                i++
            } else {
                if (c == quote) quote = ""
                if (strings || quote == "") code = code c
            }
        } else if (pair == "/*") {
            in_comment = 1
            i++
        } else if (pair == "//") {
            break
        } else {
            if (c == "\"" || c == "'") quote = c
            code = code c
        }
    }
    if (code ~ /[^ \t]/) print FILENAME ":" FNR ":" code
}
