# Each command's help fits a screen of 24 lines and 100 columns, on standard output.
. "$EXPECT"
for command in "" segment measure classify simulate train evaluate info model "model info" "model test" "model time" "model install"; do
    expect 0 fringe $command --help
    silent err
    says out "^usage: fringe $command"
    awk -v command="$command" 'length($0) > 100 || NR > 24 { print command ": line " NR ": " $0; bad = 1 } END { exit bad }' out
    expect 0 fringe $command -h
    says out "^usage: fringe $command"
done
