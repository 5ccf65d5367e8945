# results.sh - how a test's outcome is noted and summed up; sourced by run.sh, which sets $logs and $results.

# Outcomes go to a file and not to variables, since many are noted by awk.
note() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$results"; }
passed() { note passed "$1" ""; }
failed() { # NAME LOG-OR-REASON
    note failed "$1" "$2"
    echo "FAILED $1"
}

# The log of a test by its name.
log_of() { echo "$logs/$(echo "$1" | tr -c 'A-Za-z0-9\n.-' '_').log"; }

# What a sanitizer reports goes to files of its own: Criterion hides a child's exit status in part, so a report
# fails the test whatever the program's status is. Sets the environment of the command behind NAME.
under_sanitizers() { # NAME COMMAND...
    reports=$(log_of "$1")
    reports=${reports%.log}.report
    rm -f "$reports".*
    shift
    # A refused allocation is an answer that the tests ask for, not a fault: allocator_may_return_null.
    env ASAN_OPTIONS="log_path=$reports:allocator_may_return_null=1:detect_leaks=1" \
        UBSAN_OPTIONS="log_path=$reports:print_stacktrace=1" TSAN_OPTIONS="log_path=$reports" \
        $without_randomisation timeout "${FRINGE_TEST_SECONDS:-600}" "$@"
}

# ThreadSanitizer of clang 14 cannot place its shadow memory where the kernel randomises addresses widely.
without_randomisation=
if setarch "$(uname -m)" -R true 2>/dev/null; then without_randomisation="setarch $(uname -m) -R"; fi

# Appends the reports of the last command to LOG; status 0 when there are any.
reported() { # LOG
    set -- "$1" "$reports".*
    [ -e "$2" ] || return 1
    log=$1
    shift
    cat "$@" >>"$log"
}

# check NAME COMMAND...: one test that is one command or shell function; its status
check() {
    check_name=$1
    shift
    check_log=$(log_of "$check_name")
    if "$@" >"$check_log" 2>&1 </dev/null; then
        passed "$check_name"
        return 0
    fi
    failed "$check_name" "$check_log"
    return 1
}

# plain LABEL PROGRAM ARGUMENT...: one test that is one program, under its sanitizer
plain() {
    name=$1/$(basename "$2") program=$2
    shift 2
    log=$(log_of "$name")
    under_sanitizers "$name" "$program" "$@" >"$log" 2>&1 </dev/null
    status=$?
    echo "exit status $status" >>"$log"
    if reported "$log" || [ $status -ne 0 ]; then
        failed "$name" "$log"
    else
        passed "$name"
    fi
}

# Reads a report in TAP and notes every test in it as LABEL/<test>. Criterion writes no test numbers; a directive
# counts only at the end of an "ok" line. Prints the number of tests in the plan and of those seen.
tap_results() { # LABEL TAP LOG
    awk -v label="$1" -v log_path="$3" -v results="$results" '
        function note(outcome, name, reason) {
            printf "%s\t%s/%s\t%s\n", outcome, label, name, reason >> results
            if (outcome == "failed") print "FAILED " label "/" name > "/dev/stderr"
            seen++
        }
        /^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0; planned = 1; next }
        /^not ok - / { sub(/^not ok - /, ""); note("failed", $1, log_path); next }
        /^ok - / {
            sub(/^ok - /, "")
            if (match($0, /# SKIP /)) note("skipped", $1, substr($0, RSTART + 7))
            else note("passed", $1, "")
        }
        END { print (planned ? plan : -1), seen + 0 }' "$2"
}

# tap NAME LABEL TAP LOG STATUS: the tests of one program, and the program itself where it broke off
tap() {
    counts=$(tap_results "$2" "$3" "$4")
    cat "$3" >>"$4"
    if reported "$4"; then
        failed "$1: sanitizer report" "$4"
    elif [ "${counts% *}" != "${counts#* }" ]; then
        echo "planned and seen tests: $counts, exit status $5" >>"$4"
        failed "$1: ended early" "$4"
    elif [ "$5" -ne 0 ] && ! grep -q '^not ok' "$3"; then
        echo "exit status $5" >>"$4"
        failed "$1: exit status $5" "$4"
    fi
}

# criterion LABEL PROGRAM: the tests of a Criterion program
criterion() {
    name=$1/$(basename "$2")
    log=$(log_of "$name")
    : >"$log.tap"
    under_sanitizers "$name" "$2" --tap="$log.tap" --timeout 300 --short-filename >"$log" 2>&1 </dev/null
    tap "$name" "$name" "$log.tap" "$log" $?
}

# listed NAME PROGRAM ARGUMENT...: a plain program that prints its tests as TAP
listed() {
    name=$1
    shift
    log=$(log_of "$name")
    under_sanitizers "$name" "$@" >"$log.tap" 2>"$log" </dev/null
    tap "$name" "$name" "$log.tap" "$log" $?
}

# suite NAME COMMAND...: a script with tests of its own. Its lines `FAILED name` and `skipped name: reason` and its
# last line `N passed, N failed, N skipped` are taken over.
suite() {
    name=$1
    shift
    log=$(log_of "$name")
    under_sanitizers "$name" "$@" >"$log" 2>&1 </dev/null
    status=$?
    awk -v suite="$name" -v log_path="$log" -v status="$status" -v results="$results" '
        { last = $0 }
        /^FAILED / { failures[++failed] = substr($0, 8) }
        /^skipped .*: / { skips[++skipped] = substr($0, 9) }
        END {
            if (last !~ /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/) {
                printf "failed\t%s: ended early with status %d\t%s\n", suite, status, log_path >> results
                print "FAILED " suite ": ended early"
                exit
            }
            split(last, count, / [a-z]+,? ?/)
            for (i = 1; i <= count[1]; i++) printf "passed\t%s %d\t\n", suite, i >> results
            for (i = 1; i <= count[2]; i++) {
                printf "failed\t%s/%s\t%s\n", suite, (i in failures ? failures[i] : "unnamed"), log_path >> results
                print "FAILED " suite "/" failures[i]
            }
            for (i = 1; i <= count[3]; i++) {
                skip = i in skips ? skips[i] : "unnamed: no reason given"
                colon = index(skip, ": ")
                printf "skipped\t%s/%s\t%s\n", suite, substr(skip, 1, colon - 1), substr(skip, colon + 2) >> results
            }
            if (status != 0 && count[2] == 0) {
                printf "failed\t%s: exit status %d\t%s\n", suite, status, log_path >> results
                print "FAILED " suite ": exit status " status
            }
        }' "$log"
    if reported "$log"; then failed "$name: sanitizer report" "$log"; fi
}

# Every failure with the end of its log, every skip with its reason, then the one line; ends the script.
summary() {
    tab=$(printf '\t')
    echo
    grep '^failed' "$results" | while IFS=$tab read -r _ name log; do
        printf '\n---- FAILED %s\n' "$name"
        if [ -f "$log" ]; then
            echo "$log ends:"
            tail -n 30 "$log"
        else
            echo "$log"
        fi
    done
    grep '^skipped' "$results" | while IFS=$tab read -r _ name reason; do
        echo "skipped $name: $reason"
    done
    echo
    awk -F '\t' '{ n[$1]++ } END {
        printf "%d passed, %d failed, %d skipped\n", n["passed"], n["failed"], n["skipped"]
        exit n["failed"] > 0 || n["passed"] == 0 }' "$results"
    exit $?
}
