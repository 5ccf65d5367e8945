# A network is trained by the example's recipe: a package that works, the same bytes for any number of threads and
# after an interruption; slips in recipes and labels are named.
. "$EXPECT"
recipe=$ROOT/examples/train-your-own-network/recipe.yaml
expect 0 sh "$ROOT/examples/train-your-own-network/run.sh" made
says err 'epoch 3: loss .*mean IoU'
says out '^1 cases, .* 0 outside the tolerance' '^model  *particle' '^otsu  *particle'
for name in README.md curve.svg rdf.yaml recipe.yaml test_input.npy test_output.npy weights.onnx; do
    [ -s "made/model/$name" ] || fail "there is no $name"
done
[ ! -e made/model/checkpoint.fringe ] || fail "a checkpoint is left"
expect 0 fringe model info made/model
says out 'background, particle' 'zero_mean_unit_variance' '^pixel size  *0.025 nm'
expect 1 fringe train "$recipe" -o made/model
says err 'is there already'

# Images with labels, several classes, unknown pixels; one thread, two, and an interruption at the second epoch.
mkdir set
cp made/unseen/0000.tif set/a.tif
cp made/unseen/0000-mask.tif set/a-mask.tif
cp made/unseen/0001.tif set/b.tif
cp made/unseen/0001-mask.tif set/b-mask.tif
cat >small.yaml <<EOF
data:
  train: set/a.tif
  validation: [set/b.tif]
  classes: [0, 255]
  normalize: fixed
  subtract: 100
  divide: 50
network: {widths: [2, 4]}
training: {epochs: 3, steps_per_epoch: 4, batch: 2, crop_px: 32}
augmentation: {dihedral: true, noise: [0, 1], rotation_deg: 45}
EOF
expect 0 fringe train small.yaml -o one --threads 1 --json
[ "$(wc -l <out)" -eq 3 ] || fail "$(wc -l <out) epochs"
says out '"epoch":3,"step":12,"steps":12'
expect 0 fringe train small.yaml -o two --threads 2
for name in README.md curve.svg rdf.yaml test_output.npy weights.onnx; do same one/$name two/$name; done
expect 0 fringe model test one
expect 0 fringe segment --model one -o found set/a.tif

sed 's/epochs: 3/epochs: 4000/' small.yaml >long.yaml
fringe train long.yaml -o three >/dev/null 2>said &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    grep -q 'epoch 2' said && break
    sleep 0.5
done
expect 1 fringe train small.yaml -o three --overwrite # its network would land in the other's package
says err 'three/training: training.part is in use by another program'
kill -INT $pid
got=0
wait $pid || got=$?
[ $got = 4 ] || fail "interrupted: exit status $got"
[ -s three/checkpoint.fringe ] || fail "no checkpoint is left"
no_parts
expect 1 fringe train small.yaml -o three
says err 'another recipe or other data'
expect 0 fringe train small.yaml -o three --overwrite
same one/weights.onnx three/weights.onnx

# Simulated images are made once, and anew when what they are made from is not the same: the content of the recipe,
# whatever it is called and however it is written.
{
    sed '/^data:/,$d' small.yaml
    printf 'data: {simulate_recipe: drawn.yaml, simulate_count: 2}\n'
    sed -n '/^network:/,$p' small.yaml
} >simulated.yaml
printf 'preset: hrtem-small\nsize_px: 64\nphonon_count: 1\n' >drawn.yaml
expect 0 fringe train simulated.yaml -o drawn
[ "$(ls -d drawn/simulated-* | wc -l)" -eq 1 ] || fail "other folders than one"
first=$(ls -d drawn/simulated-*)
printf 'x' >>"$first/truth.csv"
printf '# said otherwise\nphonon_count: [1, 1]\nsize_px: 64\npreset: hrtem-small\n' >drawn.yaml
expect 0 fringe train simulated.yaml -o drawn --overwrite
[ "$(ls -d drawn/simulated-*)" = "$first" ] || fail "the same images are made again"
[ "$(tail -c 1 "$first/truth.csv")" = x ] || fail "what is there is made again"
printf 'preset: hrtem-small\nsize_px: 64\nphonon_count: 1\ndose_per_a2: 100\n' >drawn.yaml
expect 0 fringe train simulated.yaml -o drawn --overwrite
[ "$(ls -d drawn/simulated-* | wc -l)" -eq 2 ] || fail "images of another recipe are taken"

# From a network that is there.
expect 0 fringe train small.yaml -o four --from one
cmp -s one/weights.onnx four/weights.onnx && fail "--from changes nothing"

refused() {
    printf '%s\n' "$2" >bad.yaml
    expect 1 fringe train bad.yaml -o bad
    says err "$1"
}
refused 'bad.yaml: line 1.*no such key' 'dat: {train: set}'
refused 'bad.yaml: line 2.*epochs.*0 is not in 1 to' "$(printf 'data: {train: set}\ntraining: {epochs: 0}')"
refused 'bad.yaml: line 1.*shift.*no such key' 'data: {train: set, shift: 3}'
refused "none of unet, residual-unet, segnet" "$(printf 'data: {train: set}\nnetwork: {kind: vnet}')"
refused 'exactly one of' 'data: {classes: [0, 255]}'
refused '3 names for 2 classes' 'data: {train: set, class_names: [a, b, c]}'
refused 'crop_px: 30 is not a multiple of 8' "$(printf 'data: {train: set}\ntraining: {crop_px: 30}')"
refused 'has the label 255, which none of the 3 classes has' "$(printf 'data: {train: set}\nnetwork: {classes: 3}')"
refused 'channels, the recipe says 2' 'data: {train: set, channels: 2}'
rm set/b-mask.tif
refused 'b.tif: it has no labels' 'data: {train: set}'
expect 2 fringe train small.yaml
expect 2 fringe train -o bad
expect 2 fringe train small.yaml long.yaml -o bad
