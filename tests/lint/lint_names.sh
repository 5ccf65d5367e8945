#!/bin/sh
# lint_names.sh ROOT: file names are unique in the tree, no private header bears a public header's name, and the words
# that say nothing are no part of a name.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
status=0
say() {
    found=$(cat)
    [ -z "$found" ] || { printf '%s\n' "$found"; status=1; }
}

find native include tests examples -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \) >"${TMPDIR:-/tmp}/names.$$"
trap 'rm -f "${TMPDIR:-/tmp}/names.$$"' EXIT
say <<WORDS
$(awk -F / '{
    if ($NF in first && $NF != "run.sh") print $0 ": the name stands also at " first[$NF]
    else first[$NF] = $0
}' "${TMPDIR:-/tmp}/names.$$" | grep -v '/cli/cases/' || true)
WORDS
say <<WORDS
$(for header in include/fringe/*.h; do
    find native -name "$(basename "$header")" | sed "s|\$|: bears the name of the public $header|"
done)
WORDS

empty='util|utils|helper|helpers|manager|handler|misc|common|process|engine|smart|new|old|temp'
say <<WORDS
$(grep -E "(^|[/_.-])($empty)([/_.-])" "${TMPDIR:-/tmp}/names.$$" | sed 's/$/: a name that says nothing/' || true)
WORDS
# Identifiers with such a part, but for those of other libraries and of arithmetic.
say <<WORDS
$(find native include tests examples -name '*.[ch]' | sort | xargs awk -v strings=0 -f "$here/code_only.awk" |
    grep -v ':[ \t]*#[ \t]*include' |
    grep -E "(^|[^A-Za-z0-9_])([a-z0-9]+_)*($empty)(_[a-z0-9]+)*([^A-Za-z0-9_]|\$)" |
    grep -vE '(sa_handler|j_common_ptr|common_(divisor|multiple))' |
    sed 's/$/   <- a name that says nothing/' || true)
WORDS
exit $status
