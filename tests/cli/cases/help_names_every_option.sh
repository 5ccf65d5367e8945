# What the help lists is understood, and what a misspelt option is corrected to stands in the help.
. "$EXPECT"
fringe segment --help | sed -n 's/^  \(-[-a-z]*\).*/\1/p' >listed
[ "$(wc -l <listed)" -ge 16 ] || fail "only $(wc -l <listed) options are listed"
while read -r option; do
    got=0
    fringe segment "$option" 2>err || got=$?
    [ $got = 2 ] || fail "$option: exit status $got"
    if grep -q 'unknown option' err; then fail "$option is listed and unknown"; fi
done <listed
