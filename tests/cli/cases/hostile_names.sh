# Names of files and models that mean something to a browser, a table or a terminal are text there and nothing else.
. "$EXPECT"
mkdir in
for name in '<script>alert(1)<' '"&amp;'"'" 'a,b' "$(printf 'two\nlines')" "$(printf '\033[31mred')" \
    "$(printf '\302\23332mgreen')"; do
    cp "$INPUTS/small.tif" "in/$name.tif"
done
cp "$INPUTS/small.tif" "in/$(printf 'no\377text').tif" 2>/dev/null || : # not every file system takes it
images=$(find in -name '*.tif' -print0 | tr -dc '\0' | wc -c)
head -c 500 "$INPUTS/small.tif" >'in/<b>broken.tif'
cp -r "$MODEL" model
sed 's/^name:.*/name: "<img src=x onerror=alert(2)>"/' "$MODEL/rdf.yaml" >model/rdf.yaml
expect 1 fringe analyze --no-classify --min-diameter 0 --model model -o found in
mv found/report.html page
mv found/summary.csv table
[ "$(grep -c '<li>' page)" -eq 1 ] || fail "$(grep '<li>' page) failed"
says page '<li>in/&lt;b&gt;broken.tif' '&lt;script&gt;alert' '&lt;img src=x' '&quot;&amp;amp;'
if grep -e '<script' -e '<img src=x' -e '<b>' page; then fail "a name is markup"; fi
says table '"in/a,b.tif",ok' '^in/<b>broken.tif,failed'
done=$(grep -v "^all," table | grep -c ",ok,")
[ "$done" -eq "$images" ] || fail "of $images images $done are in the table"
says err 'in/two?lines.tif: done' 'in/?\[31mred.tif: done' 'in/??32mgreen.tif: done'
if LC_ALL=C tr -d '\n' <err | LC_ALL=C grep -q '[[:cntrl:]]'; then fail "the terminal is told more than text"; fi
