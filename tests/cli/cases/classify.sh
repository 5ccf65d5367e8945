# Faults of particles: an image with its mask, folders of both; skipped and replaced as by measure; what is missing is
# named before any work.
. "$EXPECT"
FOREST=$ROOT/models/hrtem-faults
printf 'preset: hrtem-small\nsize_px: 160\nsupport: 0\nphonon_count: 1\nparticle_count: 2\ndiameter_nm: [1.6, 2]\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml --count 2 --seed 3 -o data
cd data
rm truth.csv
expect 0 fringe classify --forest "$FOREST" 0000.tif --labels 0000-mask.tif
says out '^0000-mask-labels.tif$' '^0000-mask-particles.csv$' '^0000-mask-rois.zip$' '^0000-mask-fringe.json$'
head -n 1 0000-mask-particles.csv | grep -q ',class,probability,.*,d1,d1_error,' || fail "columns: $(head -n 1 *.csv)"
expect 0 fringe classify --forest "$FOREST" 0000.tif --labels 0000-mask.tif
says err 'the same result is there already'
expect 1 fringe classify --forest "$FOREST" --split 0.8 0000.tif --labels 0000-mask.tif
says err 'use --overwrite'
printf 'phases: [Ag]\n' >../phases.yaml
expect 1 fringe classify --forest "$FOREST" --phases ../phases.yaml 0000.tif --labels 0000-mask.tif
says err 'with the phases of sha256 none, now [0-9a-f]*' 'use --overwrite'
expect 0 fringe classify --forest "$FOREST" -o ../found . --labels .
expect 0 fringe classify --forest "$FOREST" --threads 1 -o ../again . --labels .
for name in 0000 0001; do same ../found/$name-mask-particles.csv ../again/$name-mask-particles.csv; done
no_parts

expect 2 fringe classify 0000.tif
says err '--labels is missing'
expect 2 fringe classify --labels 0000-mask.tif
says err '0 inputs: it takes one image or folder'
expect 2 fringe classify 0000.tif 0001.tif --labels .
expect 3 fringe classify --forest nowhere 0000.tif --labels 0000-mask.tif
says err 'nowhere'
expect 3 fringe classify --forest "$MODEL" 0000.tif --labels 0000-mask.tif
expect 3 fringe classify --forest "$FOREST" --phases ../recipe.yaml 0000.tif --labels 0000-mask.tif
expect 1 fringe classify --forest "$FOREST" -o ../other "$INPUTS/small.tif" --labels 0000-mask.tif
says err 'pixels'
