# Micrographs by calculation: the same bytes for any number of threads, calibrated, with their truth, not replaced.
. "$EXPECT"
expect 0 fringe simulate --preset hrtem-small --count 2 --seed 5 --threads 2 -o one
says out '^one/truth.csv$'
expect 0 fringe simulate --preset hrtem-small --count 2 --seed 5 --threads 1 -o two
for name in 0000.tif 0000-mask.tif 0001.tif 0001-mask.tif truth.csv; do
    cmp one/$name two/$name || fail "$name depends on the threads"
done
expect 0 fringe info --json one/0000.tif
says out '0.025'
columns=$(awk -F, 'NR == 1 { n = NF } NF != n { print "line " NR; exit }' one/truth.csv)
[ -z "$columns" ] || fail "truth.csv: other columns in $columns"
cmp -s one/0000.tif one/0001.tif && fail "two images are the same"

# Image 0 does not depend on how many follow; another seed gives another one.
expect 0 fringe simulate --preset hrtem-small --seed 5 -o three
cmp one/0000.tif three/0000.tif || fail "image 0 depends on the count"
expect 0 fringe simulate --preset hrtem-small --seed 6 --overwrite -o three
cmp -s one/0000.tif three/0000.tif && fail "the seed changes nothing"

expect 1 fringe simulate --preset hrtem-small --seed 6 -o three
says err 'truth.csv is there already'

# What replaces images leaves none of them and no table: with fewer, of another kind, or where it fails.
cp two/* three
echo mine >three/0001-notes.txt
printf 'preset: battery-sem\nsize_px: 64\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml --overwrite -o three
[ "$(ls three)" = "$(printf '0000-classes.tif\n0000.tif\n0001-notes.txt\ntruth.csv')" ] || fail "in three are $(ls three)"
mkdir three/0001-mask.tif
expect 1 fringe simulate --preset hrtem-small --count 2 --overwrite -o three
says err '0001.tif: three/0001-mask.tif: cannot be put in place'
[ ! -e three/truth.csv ] || fail "a table of other images is left"

# Recipes: what is not said is the preset's; slips are named with their line and both numbers.
printf 'preset: hrtem-small\nmaterials: [Au]\nparticle_count: 0\nsupport: 0\nsize_px: 64\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml -o four
grep -q '^0000.tif,64,' four/truth.csv || fail "the recipe was not followed"
printf 'voltage_kv: [80, 3000]\n' >bad.yaml
expect 1 fringe simulate bad.yaml -o five
says err 'bad.yaml: line 1.*voltage_kv.*3000.*1000'
printf 'voltage: 80\n' >bad.yaml
expect 1 fringe simulate bad.yaml -o five
says err 'no such key'
expect 2 fringe simulate --preset nothing -o five
says err "no preset 'nothing'; there are hrtem, hrtem-corrected, .*nano-ct$"
expect 2 fringe simulate -o five
expect 0 fringe simulate --preset list
says out '^hrtem '

# Simulated micrographs are inputs, not results, and their truth is never replaced.
expect 0 fringe segment --model "$MODEL" -o found four/0000.tif
[ -e found/0000-mask.tif ] || fail "a simulated micrograph was passed over"
expect 1 fringe segment --model "$MODEL" four/0000.tif
says err 'four/0000-mask.tif was not written by Fringe'

# Several images of one exit wave show the same atoms in another light; how many are asked for changes none.
printf 'preset: hrtem-small\nsize_px: 64\nexposures_per_wave: 3\nphonon_count: 1\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml --count 4 --threads 2 -o waves
expect 0 fringe simulate recipe.yaml --count 2 --threads 1 -o fewer
cmp waves/0001.tif fewer/0001.tif || fail "image 1 depends on the count or the threads"
cmp -s waves/0000.tif waves/0001.tif && fail "two images of a wave are the same"
cmp waves/0000-mask.tif waves/0002-mask.tif || fail "images of a wave show different atoms"
printf 'exposures_per_wave: [1, 3]\n' >bad.yaml
expect 1 fringe simulate bad.yaml -o five
says err 'exposures_per_wave.*not a number'

# Electrodes: two channels, a volume, classes; their keys are their own.
printf 'preset: battery-sem\nsize_px: 64\nphase_count: 3\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml --count 3 --threads 2 -o electrode
expect 0 fringe simulate recipe.yaml --count 3 --threads 1 -o again
cmp electrode/0002.tif again/0002.tif || fail "a section depends on the threads"
[ -f electrode/0002-classes.tif ] || fail "no classes"
expect 0 fringe info --json electrode/0000.tif
says out '"channels": *2'
printf 'preset: nano-ct\nsize_px: 32\n' >recipe.yaml
expect 0 fringe simulate recipe.yaml -o volume
expect 0 fringe info --json volume/0000.tif
says out '"pages": *32'
printf 'preset: nano-ct\nvoltage_kv: 200\n' >bad.yaml
expect 1 fringe simulate bad.yaml -o five
says err 'voltage_kv.*nothing that this recipe makes'
