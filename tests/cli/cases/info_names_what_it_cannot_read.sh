. "$EXPECT"
echo "no image" >notes.txt
: >empty.tif
expect 1 fringe info notes.txt empty.tif "$INPUTS/odd.tif" missing.tif
says err "notes.txt: " "empty.tif: the file is empty" "missing.tif: cannot be opened"
says out "97 x 61"
