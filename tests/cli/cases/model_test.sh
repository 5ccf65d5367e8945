. "$EXPECT"
expect 0 fringe model test "$MODEL"
says out "^1 cases, [0-9]* values, 0 outside the tolerance, largest difference "
cp -r "$MODEL" changed
cp "$MODEL/test_input.npy" changed/test_output.npy
expect 3 fringe model test changed
