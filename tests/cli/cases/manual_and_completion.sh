# The manual page and the completion know the options that the help lists, and no others.
. "$EXPECT"
commands >asked
while read -r command; do
    # shellcheck disable=SC2086
    fringe $command --help
done <asked | grep -o '^  -[-a-z]*\|, --[-a-z]*' | tr -d ' ,' | sort -u >listed
[ "$(wc -l <listed)" -ge 18 ] || fail "only $(wc -l <listed) options are listed"
sed 's/\\-/-/g' "$ROOT/native/cli/fringe.1" >manual
grep -o '^\.BI* --*[a-z][-a-z]*\|^\.RB \[ --[a-z]*' manual | sed 's/.* //' | grep -vx -e '--option' | sort -u >described
diff listed described >&2 || fail "the manual page has other options"
grep -o -e '[ "]-\{1,2\}[a-z][-a-z]*' "$ROOT/native/cli/fringe-completion.bash" | tr -d ' "' | sort -u |
    grep -vx -e '-W' -e '-F' -e '-t' -e '-lt' -e '--help' -e '--version' >completed
diff listed completed >&2 || fail "the completion has other options"
