# The manual page and the completion know the options that the help lists, and no others; the completion also the names
# that the program lists.
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

# completes WORDS...: what the completion offers for an empty last word, one a line
completes() {
    bash -c '. "$0"; COMP_WORDS=("$@" ""); COMP_CWORD=$#; _fringe; printf "%s\n" "${COMPREPLY[@]}"' \
        "$ROOT/native/cli/fringe-completion.bash" "$@" | sort
}
command -v bash >/dev/null || {
    echo "there is no bash" >&2
    exit 77
}
{ fringe simulate --preset list && echo list; } | cut -d ' ' -f 1 | sort >presets
completes fringe simulate --preset | diff presets - >&2 || fail "the completion has other presets"
{ fringe evaluate --baseline list && echo list; } | cut -d ' ' -f 1 | sort >baselines
completes fringe evaluate --baseline | diff baselines - >&2 || fail "the completion has other classical methods"
commands | cut -d ' ' -f 1 | sort -u >known
completes fringe | grep -v '^--' | diff known - >&2 || fail "the completion has other commands"
