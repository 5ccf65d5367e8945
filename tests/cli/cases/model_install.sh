. "$EXPECT"
export XDG_DATA_HOME="$PWD/data"
cp -r "$MODEL" mine
expect 0 fringe model install mine
says out "/data/fringe/models/mine\$"
expect 0 fringe model info mine # there is a folder of this name here, too
rm -r mine
expect 0 fringe model info mine
says out "^path  *$PWD/data/fringe/models/mine\$"
cp -r "$MODEL" mine
expect 3 fringe model install mine
says err "a model of this name is installed already"

# What does not pass its tests is not installed, nor a part of it.
cp -r "$MODEL" changed
cp "$MODEL/test_input.npy" changed/test_output.npy
expect 3 fringe model install changed
[ "$(ls -A data/fringe/models)" = mine ]

# Links of a package that came from elsewhere: to a file of its own, and to what is none of it.
cp -r "$MODEL" linked
mv linked/README.md linked/card
ln -s card linked/README.md
expect 0 fringe model install linked
[ -f data/fringe/models/linked/README.md ] && [ ! -L data/fringe/models/linked/README.md ]
rm -r data/fringe/models/linked
mkdir outside
echo secret >outside/key
for target in ../outside ../outside/key .; do
    ln -s "$target" linked/more
    expect 3 fringe model install linked
    says err 'linked/more: is a link to .*, which is no file of the package'
    rm linked/more
done
[ "$(ls -A data/fringe/models)" = mine ]

(cd "$MODEL" && cmake -E tar cf "$OLDPWD/packed.zip" --format=zip -- *)
expect 0 fringe model install packed.zip
cmp packed.zip data/fringe/models/packed.zip
expect 0 fringe model test packed

expect 3 fringe model install "$MODEL/weights.onnx"
says err "no test tensors"
expect 3 fringe model install absent
