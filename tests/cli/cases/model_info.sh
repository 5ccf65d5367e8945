. "$EXPECT"
expect 0 fringe model info "$MODEL"
says out "^name  *Nanoparticles" "^operators .*Conv [0-9]" "^parameters  *[0-9]" "^stride  *[0-9]* px" \
    "^receptive field  *[0-9]* px" "^FLOPs  *[0-9.]* per pixel" "^memory  *[0-9.]* MiB at 2048 x 2048 px"
expect 0 fringe model info --json --size 4096 "$MODEL"
says out '"operators":"' '"parameters":[0-9]*,' '"stride":16,' '"receptive_field":[0-9]*,' '"flop_per_px":[0-9.]*,' \
    '"memory_height":4096,"memory_width":4096,"memory_bytes":[0-9]*,'
FRINGE_MODELS=$(dirname "$MODEL")
export FRINGE_MODELS
expect 0 fringe model info hrtem-particles
