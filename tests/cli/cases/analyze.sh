# From micrographs to a report: a batch with a broken file that is killed in the middle and called again ends with the
# bytes of one that nothing interrupted; results that are there are skipped; what is wrong is said.
. "$EXPECT"
FRINGE_MODELS=$ROOT/models
export FRINGE_MODELS
mkdir data
for name in a b c d e; do cp "$INPUTS/small.tif" data/$name.tif; done
cp "$INPUTS/odd.tif" data/f.tif # without a pixel size
head -c 500 "$INPUTS/small.tif" >data/broken.tif
expect 1 fringe analyze --no-classify --min-diameter 0 -o whole data
says out '^whole/a-mask.tif$' '^whole/a-labels.tif$' '^whole/a-particles.csv$' '^whole/a-rois.zip$' '^whole/a-overlay.png$' \
    '^whole/a-fringe.json$' '^whole/particles.csv$' '^whole/summary.csv$' '^whole/report.html$'
grep -q '^data/broken.tif,failed,' whole/summary.csv || fail "the summary does not name the broken file"
says err "data/broken.tif"
grep -q '<li>data/broken.tif' whole/report.html || fail "the report does not name the broken file"
if grep -q 'class' whole/particles.csv; then fail "a column of classes"; fi

# Killed at some moment, and called again.
for moment in 0.05 0.2 0.5; do
    rm -rf killed
    fringe analyze --no-classify --min-diameter 0 -o killed data >/dev/null 2>&1 &
    victim=$!
    sleep $moment
    kill -9 $victim 2>/dev/null || true
    wait $victim 2>/dev/null || true
    expect 1 fringe analyze --no-classify --min-diameter 0 --threads 1 -o killed data
    for page in particles.csv summary.csv report.html; do same whole/$page killed/$page; done
    [ "$(ls whole)" = "$(ls killed)" ] || fail "other files: $(ls killed)"
done
no_parts

expect 0 fringe analyze --no-classify --min-diameter 0 --json -o whole data/a.tif
says out '"status":"skipped"' '"outputs":\["whole/particles.csv","whole/summary.csv","whole/report.html"\]'
expect 1 fringe analyze --no-classify --border keep --min-diameter 0 -o whole data/a.tif
says err 'was made with --border mark, now keep; use --overwrite'
expect 2 fringe analyze --no-classify --phases p.cif data/a.tif
says err '--no-classify leaves nothing for --phases to do'
expect 2 fringe analyze --min-diameter 3 --max-diameter 2 data/a.tif
expect 3 fringe analyze --forest nowhere data/a.tif
expect 3 fringe analyze --model nowhere data/a.tif
echo mine >whole/summary.csv
expect 1 fringe analyze --no-classify --min-diameter 0 -o whole data/a.tif
says err 'whole/summary.csv was not written by Fringe and is not replaced'
