# A forest is trained on a table: what the package is, its own test, and what it is not.
. "$EXPECT"
awk 'BEGIN {
    print "image,size,shape,class"
    for (i = 0; i < 90; i++) print "a.tif," i % 9 "," int(i / 9) "," (i % 9 > 4 ? "large" : "small")
}' >table.csv
cat >forest.yaml <<EOF
kind: forest
name: Sizes
data: {table: table.csv, ignore: [image], version: 2}
forest: {trees: 20}
EOF
expect 0 fringe train forest.yaml -o made
expect 0 fringe model info made
says out '^name  *Sizes' '^forest  *20 trees, [0-9]* nodes' '^features  *2: size, shape$' '^their version  *2$' \
    '^classes  *2: large, small$' '^probabilities  *calibrated'
expect 0 fringe model info made --json
says out '"trees":20,' '"feature_version":2,"features":2,"feature_names":\["size","shape"\]' \
    '"classes":\["large","small"\],"calibrated":1}'
expect 0 fringe model info made/forest.onnx
says out '^features  *2: not named' '^probabilities  *as the trees give them'
expect 0 fringe model test made
says out '^1 cases, 128 values, 0 outside the tolerance, largest difference 0 '
cp -r made changed
cp made/test_input.npy changed/test_output.npy
expect 3 fringe model test changed
says err 'values differ'
expect 3 fringe model test made/forest.onnx
says err 'has no test tensors'
expect 3 fringe model time made --size 64
says err 'a forest: it rates rows of features, not images'
export XDG_DATA_HOME="$PWD/data"
expect 0 fringe model install made
mv made moved
expect 0 fringe model info made
# A folder of crops is one class; what is no image is named.
mkdir -p crops/one crops/two
echo text >crops/one/a.tif
cp crops/one/a.tif crops/two/a.tif
printf 'kind: forest\ndata: {crops: crops}\n' >crops.yaml
expect 1 fringe train crops.yaml -o from-crops
says err 'crops/one/a.tif'
