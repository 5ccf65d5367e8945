. "$EXPECT"
cp "$INPUTS/small.tif" .
expect 0 fringe segment --model "$MODEL" small.tif
files small.tif small-mask.tif small-fringe.json
printf '%s\n' small-mask.tif small-fringe.json | diff - out
says err "^fringe: small.tif: done$"
fringe info small-mask.tif >facts
says facts "size  *96 x 80 pixels" "type  *uint8" "pixel size  *0.02 nm" "written by Fringe"
says small-fringe.json '"fringe": "[0-9.]*"' '"cpu_path": "' '"threshold": 0.5' '"name": "small.tif"' \
    "\"sha256\": \"$(sha256sum small.tif | cut -d ' ' -f 1)\"" "\"sha256\": \"$(sha256sum small-mask.tif | cut -d ' ' -f 1)\"" \
    "\"sha256\": \"$(sha256sum "$MODEL"/*.onnx | cut -d ' ' -f 1)\"" '"made": "20[0-9-]*T[0-9:]*Z"'
