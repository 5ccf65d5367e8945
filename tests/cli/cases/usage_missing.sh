. "$EXPECT"
expect 2 fringe segment x.tif && says err "segment: --model is missing"
expect 2 fringe segment --model m && says err "no input is named"
expect 2 fringe segment x.tif --model && says err "--model needs a value"
expect 2 fringe segment --model --json x.tif && says err "--model needs a value"
expect 2 fringe segment --model= x.tif && says err "--model: the value is empty"
expect 2 fringe segment --model m --json=1 x.tif && says err "--json takes no value"
expect 2 fringe info && says err "no file is named"
expect 2 fringe model && says err "info, test, time or install is missing"
expect 2 fringe model info && says err "one model is needed, 0 are named"
expect 2 fringe model info a b && says err "one model is needed, 2 are named"
expect 2 fringe model time m && says err "--size is missing"
silent out
for command in segment info simulate 'model info' evaluate; do
    # shellcheck disable=SC2086
    expect 2 fringe $command ""
    says err "^fringe $command: an argument is empty"
done
expect 2 fringe ""
