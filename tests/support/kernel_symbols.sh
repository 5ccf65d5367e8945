#!/bin/sh
# kernel_symbols.sh BUILD: an object that was compiled for one instruction path shows its table and nothing else. Any
# function it shared by name could be linked into code that runs on a lesser processor.
set -eu
build=$1
status=0
count=0
for path in portable avx2 avx512; do
    for object in $(find "$build/native" -path "*/room_*_$path.dir/*.o"); do
        count=$((count + 1))
        shown=$(nm -g --defined-only "$object" | awk '{ print $NF }')
        case "$shown" in
        *[!a-z0-9_]* | "") odd=1 ;; # several lines, or none
        *_"$path") odd=0 ;;
        *) odd=1 ;;
        esac
        if [ $odd -eq 1 ]; then
            echo "$object shows, beside a table *_$path:" $shown
            status=1
        fi
    done
done
echo "$count objects"
[ "$count" -gt 0 ] || status=1
exit $status
