# Each command's help fits a screen of 24 lines and 100 columns, on standard output.
. "$EXPECT"
commands >listed
for command in analyze segment "model install"; do says listed "^$command$"; done
{
    echo ""
    echo model
    cat listed
} >asked
while read -r command; do
    # A command of two words is two arguments.
    # shellcheck disable=SC2086
    expect 0 fringe $command --help
    silent err
    says out "^usage: fringe $command"
    awk -v command="$command" 'length($0) > 100 || NR > 24 { print command ": line " NR ": " $0; bad = 1 } END { exit bad }' out >long ||
        fail "does not fit: $(cat long)"
    # shellcheck disable=SC2086
    expect 0 fringe $command -h
    says out "^usage: fringe $command"
done <asked
