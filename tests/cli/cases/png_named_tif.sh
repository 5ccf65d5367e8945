. "$EXPECT"
cp "$EXAMPLES/truth/simulated-gold-2nm-mask.png" photo.tif
expect 0 fringe segment --model "$MODEL" photo.tif
says err "note: photo.tif: is named as tiff and read as png"
says photo-fringe.json '"reader": "png"' '"format_name: is named as tiff and read as png'
