#!/bin/sh
# moved_install.sh BUILD ROOT: an installed tree that was moved elsewhere runs, finds its library, its models and its
# headers, and leaves nothing to do for the loader's search path.
set -eu
build=$1 root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset LD_LIBRARY_PATH FRINGE_MODELS 2>/dev/null || true

cmake --install "$build" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/second place"
prefix="$work/second place"

"$prefix/bin/fringe" --version
XDG_DATA_HOME="$work/none" "$prefix/bin/fringe" segment --model hrtem-particles -o "$work/out" \
    "$root/examples/micrographs/simulated-gold-2nm.tif"
test -s "$work/out/simulated-gold-2nm-mask.tif"
test -s "$work/out/simulated-gold-2nm-fringe.json"

library=$(find "$prefix" -name libfringe.so)
flags=$(PKG_CONFIG_PATH="$(dirname "$library")/pkgconfig" pkg-config --cflags --libs fringe) # blanks are escaped
eval "cc \"\$root/examples/segment.c\" $flags -o \"\$work/segment\""
LD_LIBRARY_PATH="$(dirname "$library")" "$work/segment" "$prefix/share/fringe/models/hrtem-particles" \
    "$root/examples/micrographs/simulated-gold-2nm.tif" "$work/mask.pgm"
test -s "$work/mask.pgm"
