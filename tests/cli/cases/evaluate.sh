# Networks and classical methods against truth: a table, CSV and JSON that say the same, pairing by the rules, slips
# named.
. "$EXPECT"
mkdir set
cp "$EXAMPLES/simulated-gold-5nm.tif" "$EXAMPLES/simulated-silver-touching.tif" set
cp "$EXAMPLES/truth/simulated-gold-5nm-mask.png" set/simulated-gold-5nm_labels.png
cp "$EXAMPLES/truth/simulated-silver-touching-mask.png" set/simulated-silver-touching-mask.png
mkdir labels
cp "$EXAMPLES/truth/simulated-gold-5nm-mask.png" labels/simulated-gold-5nm.png
cp "$EXAMPLES/truth/simulated-silver-touching-mask.png" labels

# Beside the image, or in a folder; a folder's label images are no images.
expect 0 fringe evaluate --model "$MODEL" --baseline otsu,bandpass --baseline kmeans --csv set
cp out beside.csv
expect 0 fringe evaluate --truth labels --model "$MODEL" --baseline otsu,bandpass,kmeans --csv --threads 1 set
cmp out beside.csv || fail "labels in a folder give other scores, or threads do"
# 4 methods of 2 images, pooled and mean, each with 2 classes and their mean
[ "$(wc -l <out)" -eq $((1 + 4 * 4 * 3)) ] || fail "$(wc -l <out) lines"
columns=$(awk -F, 'NR == 1 { n = NF } NF != n { print "line " NR; exit }' out)
[ -z "$columns" ] || fail "other columns in $columns"
dice=$(awk -F, '$2 == "image" && $3 ~ /silver/ && $4 == "particle" && $1 ~ /hrtem/ { print $5 }' out)
said=$(awk -F, '$1 ~ /hrtem-particles/ && $2 ~ /silver/ { print $6 }' "$EXAMPLES/../../tests/regression/results.csv")
[ "$(printf %.4f "$dice")" = "$said" ] || fail "Dice $dice, results.csv says $said"
mean=$(awk -F, '$4 == "particle" && $1 ~ /hrtem/ { if ($2 == "image") sum += $5; if ($2 == "mean") mean = $5 }
    END { print (sum / 2 - mean) ^ 2 < 1e-10 }' out)
[ "$mean" = 1 ] || fail "the mean is not that of the images"

expect 0 fringe evaluate --model "$MODEL" --baseline otsu,bandpass,kmeans --json set
[ "$(wc -l <out)" -eq 48 ] || fail "$(wc -l <out) objects"
says out '"method": *"otsu", *"extent": *"pooled", *"class": *"particle", *"dice": *0\.' '"dice_interval": *\[0'
expect 0 fringe evaluate --model "$MODEL" --baseline otsu set
says out '^hrtem-particles  *particle  *0.9' '^otsu  *particle' '^2 images, all pixels' '^mean of the scores of 2 images'

# Without a network the labels say how many classes there are.
expect 0 fringe evaluate --truth labels --baseline threshold set/simulated-gold-5nm.tif
says out '^threshold  *foreground'
expect 0 fringe evaluate --baseline list
says out '^otsu ' '^threshold '
expect 0 fringe evaluate --truth labels --baseline otsu --classes 255,0 --csv set/simulated-gold-5nm.tif
says out '^otsu,pooled,,foreground,0.[0-9]*,'
expect 2 fringe evaluate --truth labels --baseline otsu --classes 0,7 set/simulated-gold-5nm.tif
says err 'has the label 255, which none of the 2 classes has'
expect 0 fringe evaluate --truth labels --baseline otsu --ignore 255 --classes 0,7 --csv set/simulated-gold-5nm.tif

# X_image.* has the labels of X; without a pixel size distances are in pixels.
mkdir pairs
cp "$INPUTS/small.tif" pairs/0_image.tif
cp "$INPUTS/small.tif" pairs/0_label.tif
fringe evaluate --baseline threshold --classes 0,1 pairs >/dev/null 2>err && fail "any value is taken"
says err 'pairs/0_label.tif.*has the label'

# A result is no truth, an image without labels is an error, two label images are one too many.
fringe segment --model "$MODEL" -o labels "$EXAMPLES/simulated-gold-2nm.tif" >/dev/null 2>&1
expect 1 fringe evaluate --truth labels --baseline otsu "$EXAMPLES/simulated-gold-2nm.tif"
says err 'simulated-gold-2nm.tif: it has no labels'
cp labels/simulated-gold-5nm.png labels/simulated-gold-5nm-classes.png
expect 2 fringe evaluate --truth labels --baseline otsu set
says err 'both .* and .* could be its labels'
rm labels/simulated-gold-5nm-classes.png
cp "$INPUTS/small.tif" labels/simulated-gold-5nm.png
expect 1 fringe evaluate --truth labels --baseline otsu set
says err 'labels/simulated-gold-5nm.png.* pixels.*the image has'
expect 1 fringe evaluate --truth nowhere --baseline otsu set
expect 1 fringe evaluate --baseline otsu absent.tif
head -c 3000 set/simulated-gold-5nm.tif >set/broken.tif
cp set/simulated-gold-5nm_labels.png set/broken-mask.png
expect 1 fringe evaluate --baseline otsu set/broken.tif
says err 'broken.tif'

expect 2 fringe evaluate set
says err '--model or --baseline is missing'
expect 2 fringe evaluate --baseline watershed set
says err "'watershed' is no method"
expect 2 fringe evaluate --baseline otsu --csv --json set
expect 2 fringe evaluate --baseline otsu --classes 0,256 set
expect 2 fringe evaluate --baseline otsu --classes 0,0 set
expect 2 fringe evaluate --baseline otsu --repeats 0 set
expect 2 fringe evaluate --baseline otsu
expect 3 fringe evaluate --baseline otsu --model no-such-model set
