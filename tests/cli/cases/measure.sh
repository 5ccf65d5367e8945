# Particles of masks: results beside them, skipped, refused, replaced; masks of Fringe's are inputs, its labels in a
# folder are not; what cannot be is named.
. "$EXPECT"
printf 'preset: hrtem-small\nsize_px: 128\nsupport: 0\nphonon_count: 1\nparticle_count: [2, 4]\ndiameter_nm: [1, 1.5]\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml --count 2 --seed 3 -o data
cd data
rm truth.csv
expect 0 fringe measure 0000-mask.tif
says out '^0000-mask-labels.tif$' '^0000-mask-particles.csv$' '^0000-mask-rois.zip$' '^0000-mask-fringe.json$'
grep -q '^ ,Label,Area,X,Y,Perim.,BX,BY,' 0000-mask-particles.csv || fail "columns without an image"
grep -q ',nm$' 0000-mask-particles.csv || fail "no nm"
expect 0 fringe measure 0000-mask.tif
says err 'the same result is there already'
expect 1 fringe measure --split 0.8 0000-mask.tif
says err 'was made with --split off, now 0.8; use --overwrite'
expect 0 fringe measure --split 0.8 --overwrite 0000-mask.tif
expect 0 fringe measure --image . --border keep -o ../found .
[ "$(ls ../found)" = "$(printf '%s\n' 000[01]-mask-fringe.json 000[01]-mask-labels.tif 000[01]-mask-particles.csv \
    000[01]-mask-rois.zip | sed 's/\[01\]/0/; p; s/0000/0001/' | sort -u)" ] || fail "other files: $(ls ../found)"
grep -q '^ ,Label,Area,Mean,StdDev,Mode,Min,Max,X,Y,XM,YM,Perim.,' ../found/0001-mask-particles.csv ||
    fail "columns with an image"
rm -r ../found

# The same bytes on every run.
expect 0 fringe measure --image . -o ../one .
expect 0 fringe measure --threads 1 --image . -o ../two .
for name in labels.tif particles.csv rois.zip; do same ../one/0001-mask-$name ../two/0001-mask-$name; done
no_parts

# A table by someone else is not replaced.
echo mine >0001-mask-particles.csv
expect 1 fringe measure --overwrite 0001-mask.tif
says err '0001-mask-particles.csv was not written by Fringe and is not replaced'
rm 0001-mask-particles.csv

expect 2 fringe measure --image 0000.tif 0000-mask.tif 0001-mask.tif
says err '--image 0000.tif is no folder, and there are 2 inputs'
expect 1 fringe measure -o ../three --image ../recipe.yaml 0000-mask.tif
mkdir other
cp 0000.tif other/0001.tif
expect 1 fringe measure -o ../three --image other 0000-mask.tif 0001-mask.tif
says err '0000-mask.tif: other: no image 0000' '0001-mask.tif: done'
expect 1 fringe measure -o ../four --image "$INPUTS/small.tif" 0000-mask.tif
says err 'the image is .* pixels, the labels of .* 128 x 128'
expect 2 fringe measure --min-diameter 3 --max-diameter 2 0000-mask.tif
expect 2 fringe measure --split 1.5 0000-mask.tif
expect 1 fringe measure other
says err 'other: holds no labels'
no_parts
