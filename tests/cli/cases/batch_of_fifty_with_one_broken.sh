. "$EXPECT"
mkdir in
for i in $(seq 10 59); do cp "$INPUTS/odd.tif" "in/m$i.tif"; done
head -c 700 "$INPUTS/odd.tif" >in/m33.tif
expect 1 fringe segment --model "$MODEL" -o results in
[ "$(find results -name '*-mask.tif' | wc -l)" = 49 ] || fail "$(find results -name '*-mask.tif' | wc -l) masks"
[ "$(find results -name '*-fringe.json' | wc -l)" = 49 ] || fail "provenances are missing"
[ "$(wc -l <out)" = 98 ] || fail "$(wc -l <out) results on standard output"
says err "^fringe: in/m33.tif: "
[ "$(grep -c done err)" = 49 ] || fail "$(grep -c done err) done"
no_parts
