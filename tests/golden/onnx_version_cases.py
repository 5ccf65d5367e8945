"""At least one small model per definition of each operator that is in force in our opset range.

A definition is the text of an operator from one `since_version` to the next. Where the text
changed how a model says something, or what it means, the cases of that operator say it in
each way. Names read <operator>-<first opset of the definition>-<what>.
"""

import itertools

import numpy as np
import onnx

import onnx_graph_cases
import onnx_operators as scope
from onnx_suite import Suite, Weight, definitions, ints, number

INT64_MAX = np.iinfo(np.int64).max


def convolution(s):
    for opset in s.opsets:
        for what, channels, filters, kernel, attributes in (
            ("3x3", 3, 4, (3, 3), {"pads": [1, 1, 1, 1]}),
            ("1x1", 5, 3, (1, 1), {}),
            ("5x5", 2, 3, (5, 5), {"pads": [2, 2, 2, 2]}),
            ("2x4", 2, 3, (2, 4), {"pads": [0, 1, 1, 2]}),
            ("groups", 6, 4, (3, 3), {"group": 2, "pads": [1, 1, 1, 1]}),
            ("depthwise", 4, 4, (3, 3), {"group": 4, "pads": [1, 1, 1, 1]}),
            ("dilation", 2, 3, (3, 3), {"dilations": [2, 3], "pads": [2, 3, 2, 3]}),
            ("stride2", 3, 2, (3, 3), {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
            ("stride2-1x1", 3, 2, (1, 1), {"strides": [2, 2]}),
            ("stride-uneven-pads", 2, 2, (3, 3), {"strides": [2, 1], "pads": [0, 2, 1, 0]}),
            ("same-upper", 2, 3, (3, 2), {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
            ("same-lower", 2, 3, (3, 2), {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
            ("valid", 2, 3, (3, 3), {"auto_pad": "VALID"}),
        ):
            group = attributes.get("group", 1)
            s.add(opset, what, s.floats(1, channels, 9, 11), s.weight(filters, channels // group, *kernel),
                  s.weight(filters), kernel_shape=list(kernel), **attributes)
        s.add(opset, "no-bias-no-kernel-shape", s.floats(2, 2, 6, 5), s.weight(3, 2, 3, 3))
        s.add(opset, "1d", s.floats(1, 2, 12), s.weight(3, 2, 3), s.weight(3), pads=[1, 1], strides=[2])
        s.add(opset, "3d", s.floats(1, 2, 5, 6, 4), s.weight(3, 2, 3, 3, 3), s.weight(3), pads=[1] * 6)
        s.add(opset, "3d-anisotropic", s.floats(1, 2, 4, 6, 5), s.weight(2, 2, 1, 3, 3),
              pads=[0, 1, 1, 0, 1, 1], strides=[1, 2, 2])


def transposed_convolution(s):
    for opset in s.opsets:
        for what, channels, filters, kernel, attributes in (
            ("2x2-stride2", 4, 3, (2, 2), {"strides": [2, 2]}),
            ("3x3-stride2-output-padding", 3, 2, (3, 3),
             {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
            ("4x4-stride2", 2, 3, (4, 4), {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
            ("3x3", 2, 3, (3, 3), {"pads": [1, 1, 1, 1]}),
            ("groups", 4, 6, (3, 3), {"group": 2, "strides": [2, 2]}),
            ("depthwise", 3, 3, (2, 2), {"group": 3, "strides": [2, 2]}),
            ("dilation", 2, 2, (3, 3), {"dilations": [2, 2], "pads": [1, 0, 1, 2]}),
            ("stride3-gaps", 2, 2, (2, 2), {"strides": [3, 3]}),
            ("output-shape", 2, 2, (3, 3), {"strides": [2, 2], "output_shape": [10, 13]}),
            ("same-upper", 2, 2, (3, 3), {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
            ("same-lower", 2, 2, (3, 3), {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
        ):
            group = attributes.get("group", 1)
            s.add(opset, what, s.floats(1, channels, 5, 6), s.weight(channels, filters // group, *kernel),
                  s.weight(filters), kernel_shape=list(kernel), **attributes)
        s.add(opset, "no-bias", s.floats(2, 2, 4, 3), s.weight(2, 2, 2, 2), strides=[2, 2])
        s.add(opset, "1d", s.floats(1, 2, 7), s.weight(2, 3, 4), s.weight(3), strides=[2], pads=[1, 1])
        s.add(opset, "3d", s.floats(1, 2, 3, 4, 3), s.weight(2, 2, 2, 2, 2), s.weight(2), strides=[2] * 3)


def batch_normalisation(s):
    for opset in s.opsets:
        # Opset 7 is the only one with `spatial`; its other value, 0, no exporter writes.
        spatial = {"spatial": 1} if opset == 7 else {}
        for what, shape, attributes in (
            ("2d", (2, 3, 4, 5), {}),
            ("epsilon", (1, 4, 3, 3), {"epsilon": 0.1, "momentum": 0.5}),
            ("1d", (2, 3, 6), {}),
            ("3d", (1, 2, 3, 4, 2), {}),
            ("vector", (4, 3), {}),
        ):
            c = shape[1]
            s.add(opset, what, s.floats(*shape), s.weight(c), s.weight(c), s.weight(c),
                  s.weight(c, low=0.1, high=2), **attributes, **spatial)


def instance_normalisation(s):
    for opset in s.opsets:
        for what, shape in (("2d", (2, 3, 5, 4)), ("1d", (1, 4, 9)), ("3d", (1, 2, 3, 4, 5))):
            s.add(opset, what, s.floats(*shape), s.weight(shape[1]), s.weight(shape[1]))
        s.add(opset, "epsilon", s.floats(1, 2, 3, 3), s.weight(2), s.weight(2), epsilon=0.2)


def group_normalisation(s):
    # Scale and bias are per group in opset 18, per channel from 21 on.
    for opset in s.opsets:
        for what, shape, groups in (
            ("2d", (2, 6, 4, 5), 3),
            ("one-group", (1, 4, 3, 3), 1),
            ("1d", (1, 4, 7), 2),
            ("channel-groups", (1, 3, 4, 4), 3),
        ):
            n = groups if opset < 21 else shape[1]
            s.add(opset, what, s.floats(*shape), s.weight(n), s.weight(n), num_groups=groups, epsilon=1e-3)


def layer_normalisation(s):
    for opset in s.opsets:
        s.add(opset, "last-axis", s.floats(2, 5, 8), s.weight(8), s.weight(8))
        s.add(opset, "no-bias", s.floats(2, 5, 8), s.weight(8), epsilon=1e-2)
        s.add(opset, "two-axes", s.floats(2, 3, 4, 5), s.weight(4, 5), s.weight(4, 5), axis=-2)
        s.add(opset, "axis1", s.floats(2, 3, 4, 5), s.weight(3, 4, 5), s.weight(3, 4, 5), axis=1)
        s.add(opset, "statistics", s.floats(3, 6), s.weight(6), s.weight(6), outputs=3)


POOL_SHAPES = (
    ("2x2-stride2", (1, 3, 8, 10), {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("odd-size", (1, 2, 7, 9), {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("3x3-pads", (1, 2, 7, 8), {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("stride1", (1, 2, 6, 6), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
    ("uneven-pads", (1, 2, 7, 8), {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [0, 1, 2, 0]}),
    ("same-upper", (1, 2, 7, 9), {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("same-lower", (1, 2, 7, 9), {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_LOWER"}),
    ("valid", (1, 2, 7, 9), {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "VALID"}),
    ("1d", (1, 3, 11), {"kernel_shape": [3], "strides": [2]}),
    ("3d", (1, 2, 4, 6, 5), {"kernel_shape": [2, 2, 2], "strides": [2, 2, 2]}),
)
POOL_CEIL = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1}


def max_pool(s):
    for opset in s.opsets:
        for what, shape, attributes in POOL_SHAPES:
            s.add(opset, what, s.floats(*shape), **attributes)
        s.add(opset, "negative", s.floats(1, 1, 5, 5, low=-9, high=-1), kernel_shape=[3, 3], pads=[1] * 4)
        if opset >= 10:
            s.add(opset, "ceil", s.floats(1, 2, 8, 6), **POOL_CEIL)
            s.add(opset, "ceil-2x2", s.floats(1, 2, 7, 9), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
            s.add(opset, "dilation", s.floats(1, 2, 9, 9), kernel_shape=[3, 2], dilations=[2, 3])


def average_pool(s):
    for opset in s.opsets:
        for what, shape, attributes in POOL_SHAPES:
            s.add(opset, what, s.floats(*shape), **attributes)
        pads = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 0, 1, 2]}
        s.add(opset, "count-include-pad", s.floats(1, 2, 7, 8), count_include_pad=1, **pads)
        if opset >= 10:
            s.add(opset, "ceil", s.floats(1, 2, 8, 6), **POOL_CEIL)
            s.add(opset, "ceil-2x2", s.floats(1, 2, 7, 9), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
        if opset >= 19:
            s.add(opset, "ceil-count-include-pad", s.floats(1, 2, 8, 6), count_include_pad=1, **POOL_CEIL)
            s.add(opset, "dilation", s.floats(1, 2, 9, 9), kernel_shape=[3, 2], dilations=[2, 3])


def global_pool(s):
    for opset in s.opsets:
        for what, shape in (("2d", (2, 3, 5, 7)), ("1d", (1, 3, 6)), ("3d", (1, 2, 3, 4, 2))):
            s.add(opset, what, s.floats(*shape))


# From 5 x 7. No pixel falls on the seam between two source pixels, where the choice hangs on
# the last bit of a division: odd sizes for asymmetric coordinates, even ones for the others.
# Scales of 2 and 1/2 are exact, so the ties are tested with these.
RESIZE_ASYMMETRIC = {"up": (1, 1, 9, 13), "down": (1, 1, 3, 3)}
RESIZE_CENTRED = {"up": (1, 1, 8, 12), "down": (1, 1, 2, 4)}
NEAREST_MODES = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


def resize_coordinates(opset):
    modes = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"]
    if opset == 11:
        modes.append("tf_half_pixel_for_nn")  # gone in 13
    if opset >= 19:
        modes.append("half_pixel_symmetric")
    return modes


def resize(s):
    x = s.floats(1, 1, 5, 7)
    planes = s.floats(1, 3, 4, 6)
    twice, half = Weight(np.float32([1, 1, 2, 2])), Weight(np.float32([1, 1, 0.5, 0.5]))
    for opset in s.opsets:
        if opset == 10:  # scales only, coordinates asymmetric
            for mode in ("nearest", "linear"):
                s.add(opset, f"{mode}-up", planes, twice, mode=mode)
                s.add(opset, f"{mode}-down", planes, half, mode=mode)
                s.add(opset, f"{mode}-fraction", x, Weight(np.float32([1, 1, 1.7, 2.3])), mode=mode)
            s.add(opset, "default", planes, twice)
            continue
        roi = Weight(np.zeros(0, np.float32)) if opset == 11 else None
        none = Weight(np.zeros(0, np.float32))
        for coordinates in resize_coordinates(opset):
            attributes = {"coordinate_transformation_mode": coordinates}
            chosen = RESIZE_ASYMMETRIC if coordinates == "asymmetric" else RESIZE_CENTRED
            for direction, sizes in chosen.items():
                scales = none if opset == 11 else None
                s.add(opset, f"linear-{coordinates}-{direction}", x, roi, scales, ints(*sizes),
                      mode="linear", **attributes)
                for nearest in NEAREST_MODES if opset in (11, 19) else NEAREST_MODES[:1]:
                    s.add(opset, f"nearest-{coordinates}-{nearest}-{direction}", x, roi, scales,
                          ints(*sizes), mode="nearest", nearest_mode=nearest, **attributes)
            for mode in ("nearest", "linear"):
                s.add(opset, f"{mode}-{coordinates}-twice", planes, roi, twice, mode=mode, **attributes)
                s.add(opset, f"{mode}-{coordinates}-half", planes, roi, half, mode=mode, **attributes)
            if coordinates != "align_corners":
                s.add(opset, f"linear-{coordinates}-fraction", x, roi,
                      Weight(np.float32([1, 1, 1.7, 0.6])), mode="linear", **attributes)
        s.add(opset, "default", planes, roi, twice)
        s.add(opset, "to-one-pixel", x, roi, roi and none, ints(1, 1, 1, 1), mode="linear",
              coordinate_transformation_mode="pytorch_half_pixel")
        s.add(opset, "linear-1d", s.floats(1, 2, 6), roi, Weight(np.float32([1, 1, 2])), mode="linear")
        s.add(opset, "linear-3d", s.floats(1, 2, 3, 4, 3), roi, Weight(np.float32([1, 1, 2, 2, 2])),
              mode="linear")
        s.add(opset, "nearest-3d", s.floats(1, 2, 3, 2, 3), roi, Weight(np.float32([1, 1, 2, 2, 2])),
              mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        s.add(opset, "nearest-nhwc", s.floats(1, 3, 4, 2), roi, Weight(np.float32([1, 2, 2, 1])),
              mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        for mode in ("nearest", "linear"):
            window = Weight(np.float32([0, 0, 0.2, -0.1, 1, 1, 0.9, 1.2]))
            s.add(opset, f"{mode}-crop", x, window, roi and none, ints(1, 1, 6, 8), mode=mode,
                  coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=7.5)
        if opset >= 18:
            s.add(opset, "axes-scales", planes, None, Weight(np.float32([2, 3])), axes=[2, 3], mode="linear")
            s.add(opset, "axes-sizes", planes, None, None, ints(5, 9), axes=[3, 2], mode="linear")
            for policy in ("stretch", "not_larger", "not_smaller"):
                s.add(opset, f"{policy.replace('_', '-')}", x, None, None, ints(8, 9), axes=[2, 3],
                      mode="linear", keep_aspect_ratio_policy=policy)


def upsample(s):
    x = s.floats(1, 2, 3, 5)
    for opset in s.opsets:
        for mode, (what, scales) in itertools.product(
            ("nearest", "linear"),
            (("twice", (1, 1, 2, 2)), ("uneven", (1, 1, 3, 1)), ("fraction", (1, 1, 1.5, 2.4))),
        ):
            if opset < 9:
                s.add(opset, f"{mode}-{what}", x, mode=mode, scales=[float(v) for v in scales])
            else:
                s.add(opset, f"{mode}-{what}", x, Weight(np.float32(scales)), mode=mode)


def max_unpool(s):
    for opset in s.opsets:
        halves = {"kernel_shape": [2, 2], "strides": [2, 2]}
        corners = np.int64([[[[0, 3], [12, 15]], [[5, 6], [9, 10]]]])
        s.add(opset, "halves", s.floats(1, 2, 2, 2), Weight(corners), **halves)
        s.add(opset, "overlap", s.floats(1, 1, 2, 2), Weight(np.int64([[[[1, 6], [16, 23]]]])),
              kernel_shape=[3, 3], strides=[2, 2])
        s.add(opset, "output-shape", s.floats(1, 2, 2, 2), Weight(corners), ints(1, 2, 4, 4), **halves)


def space_to_depth(s):
    for opset in s.opsets:
        s.add(opset, "block2", s.floats(2, 3, 4, 6), blocksize=2)
        s.add(opset, "block3", s.floats(1, 1, 6, 6), blocksize=3)


def depth_to_space(s):
    for opset in s.opsets:
        s.add(opset, "default", s.floats(2, 8, 2, 3), blocksize=2)
        s.add(opset, "block3", s.floats(1, 9, 2, 2), blocksize=3)
        if opset >= 11:
            for mode in ("DCR", "CRD"):
                s.add(opset, mode.lower(), s.floats(1, 12, 2, 3), blocksize=2, mode=mode)


def pad(s):
    x = s.floats(1, 2, 4, 5)
    spatial = [0, 0, 1, 2, 0, 0, 2, 1]
    cases = [
        ("constant", "constant", spatial),
        ("constant-all-axes", "constant", [1, 1, 0, 1, 0, 2, 1, 1]),
        ("reflect", "reflect", spatial),
        ("reflect-widest", "reflect", [0, 0, 3, 4, 0, 0, 3, 4]),
        ("edge", "edge", spatial),
        ("edge-wide", "edge", [0, 0, 6, 7, 0, 0, 0, 9]),
        ("constant-negative", "constant", [0, 0, -1, 2, 0, 0, 1, -2]),
        ("crop", "constant", [0, 0, -1, -1, 0, -1, -1, -2]),
        ("edge-negative", "edge", [0, 0, -1, 1, 0, 0, 2, -1]),
        ("reflect-negative", "reflect", [0, 0, -1, 1, 0, 0, 1, -1]),
        ("none", "constant", [0] * 8),
    ]
    for opset in s.opsets:
        wrap = [("wrap", "wrap", spatial), ("wrap-full", "wrap", [0, 0, 4, 5, 0, 0, 4, 5])]
        for what, mode, pads in cases + (wrap if opset >= 19 else []):
            if opset < 11:
                s.add(opset, what, x, mode=mode, pads=pads, value=1.5)
            else:
                value = number(1.5) if mode == "constant" else None
                s.add(opset, what, x, ints(*pads), value, mode=mode)
        if opset < 11:
            s.add(opset, "default", x, pads=spatial)
        else:
            s.add(opset, "default", x, ints(*spatial))
        if opset >= 18:
            s.add(opset, "axes", x, ints(1, 2, 0, 3), number(-2), ints(3, 2))
            s.add(opset, "negative-axes", x, ints(2, 1, 1, 3), None, ints(-2, -1), mode="reflect")
        s.add(opset, "3d", s.floats(1, 1, 2, 3, 2), *([ints(0, 0, 1, 1, 0, 0, 0, 1, 2, 1)] if opset >= 11 else []),
              mode="edge", **({"pads": [0, 0, 1, 1, 0, 0, 0, 1, 2, 1]} if opset < 11 else {}))


def concat(s):
    for opset in s.opsets:
        s.add(opset, "channels", s.floats(1, 2, 3, 4), s.floats(1, 3, 3, 4), axis=1)
        s.add(opset, "width-three", s.floats(2, 3, 1), s.floats(2, 3, 4), s.floats(2, 3, 2), axis=2)
        s.add(opset, "one", s.floats(2, 3), axis=0)
        s.add(opset, "int64", s.integers(2), s.integers(3), axis=0)
        if opset >= 11:
            s.add(opset, "negative-axis", s.floats(2, 3, 1), s.floats(2, 3, 2), axis=-1)


def split(s):
    x = s.floats(2, 6, 3)
    for opset in s.opsets:
        count = {"num_outputs": 3} if opset >= 18 else {}
        s.add(opset, "equal", x, outputs=3, axis=1, **count)
        if opset < 13:
            s.add(opset, "sizes", x, outputs=2, axis=1, split=[4, 2])
        else:
            s.add(opset, "sizes", x, ints(1, 2, 3), outputs=3, axis=1)
        if opset >= 11:
            s.add(opset, "negative-axis", x, outputs=3, axis=-1, **count)
        if opset >= 18:
            s.add(opset, "uneven", s.floats(1, 7, 2), outputs=3, axis=1, num_outputs=3)
        s.add(opset, "default-axis", x, outputs=2, **({"num_outputs": 2} if opset >= 18 else {}))


def slice_(s):
    x = s.floats(2, 5, 6, 7)
    cases = [
        ("crop", (1, 2), (4, 6), (2, 3)),
        ("negative-bounds", (-4, -5), (-1, -2), (2, 3)),
        ("beyond-end", (2,), (INT64_MAX,), (3,)),
        ("before-start", (-100,), (3,), (1,)),
        ("empty", (3,), (3,), (2,)),
    ]
    for opset in s.opsets:
        for what, starts, ends, axes in cases:
            if opset < 10:
                s.add(opset, what, x, starts=starts, ends=ends, axes=axes)
            else:
                s.add(opset, what, x, ints(*starts), ints(*ends), ints(*axes))
        if opset < 10:
            s.add(opset, "no-axes", x, starts=[0, 1], ends=[1, 4])
            s.add(opset, "int64", s.integers(5), starts=[2], ends=[4])
            continue
        s.add(opset, "no-axes", x, ints(0, 1), ints(1, 4))
        s.add(opset, "steps", x, ints(0, 1), ints(6, 7), ints(2, 3), ints(2, 3))
        s.add(opset, "reverse", x, ints(-1, 5), ints(-INT64_MAX, 1), ints(2, 3), ints(-1, -2))
        s.add(opset, "int32-bounds", x, *(Weight(np.int32(v)) for v in ([1], [5], [3], [2])))
        s.add(opset, "int64", s.integers(5), ints(2), ints(4), ints(0))
        if opset >= 11:
            s.add(opset, "negative-axes", x, ints(1, 2), ints(4, 6), ints(-2, -1))


def reshape(s):
    for opset in s.opsets:
        for what, shape, target in (
            ("minus-one", (2, 3, 4), (6, -1)),
            ("zero-copies", (2, 3, 4), (0, -1)),
            ("groups", (1, 6, 2, 3), (0, 3, -1)),
            ("rank5", (1, 4, 2, 3), (1, 2, 2, 2, 3)),
            ("scalar", (1, 1), ()),
        ):
            s.add(opset, what, s.floats(*shape), ints(*target))
        s.add(opset, "int64", s.integers(6), ints(2, -1))
        if opset >= 14:
            s.add(opset, "allowzero", s.floats(0, 3, 4), ints(3, 4, 0), allowzero=1)


def transpose(s):
    for opset in s.opsets:
        s.add(opset, "to-nhwc", s.floats(2, 3, 4, 5), perm=[0, 2, 3, 1])
        s.add(opset, "to-nchw", s.floats(2, 4, 5, 3), perm=[0, 3, 1, 2])
        s.add(opset, "default", s.floats(2, 3, 4))
        s.add(opset, "rank5", s.floats(1, 2, 3, 4, 2), perm=[0, 4, 1, 3, 2])
        s.add(opset, "matrix-int64", s.integers(2, 4), perm=[1, 0])


def squeeze(s):
    for opset in s.opsets:
        cases = [("axes", (1, 3, 1, 4), (0, 2)), ("one-axis", (1, 3, 1, 4), (2,))]
        if opset >= 11:
            cases.append(("negative-axis", (2, 3, 1), (-1,)))
        for what, shape, axes in cases:
            if opset < 13:
                s.add(opset, what, s.floats(*shape), axes=axes)
            else:
                s.add(opset, what, s.floats(*shape), ints(*axes))
        s.add(opset, "all", s.floats(1, 3, 1, 4))
        s.add(opset, "to-scalar-int64", s.integers(1))


def unsqueeze(s):
    for opset in s.opsets:
        cases = [("axes", (3, 4), (0, 3)), ("one-axis", (3, 4), (1,)), ("scalar", (), (0,))]
        if opset >= 11:
            cases.append(("negative-axes", (3, 4), (-1, 1)))
        for what, shape, axes in cases:
            if opset < 13:
                s.add(opset, what, s.floats(*shape), axes=axes)
            else:
                s.add(opset, what, s.floats(*shape), ints(*axes))


def flatten(s):
    for opset in s.opsets:
        for axis in (0, 1, 3) + ((-1,) if opset >= 11 else ()):
            s.add(opset, f"axis{axis}".replace("axis-", "axis-minus-"), s.floats(2, 3, 4), axis=axis)
        s.add(opset, "default", s.floats(2, 3, 2, 2))


def expand(s):
    for opset in s.opsets:
        s.add(opset, "ones", s.floats(3, 1), ints(2, 3, 4))
        s.add(opset, "input-is-wider", s.floats(2, 3, 4), ints(3, 1))
        s.add(opset, "scalar", s.floats(), ints(2, 2))
        s.add(opset, "int64", s.integers(1), ints(4))


def tile(s):
    for opset in s.opsets:
        s.add(opset, "2d", s.floats(2, 3), ints(2, 3))
        s.add(opset, "planes", s.floats(1, 2, 3, 2), ints(1, 1, 2, 2))
        s.add(opset, "once", s.floats(2, 2), ints(1, 1))


def identity(s):
    for opset in s.opsets:
        s.add(opset, "float", s.floats(2, 3))
        s.add(opset, "int64", s.integers(3))


def shape(s):
    for opset in s.opsets:
        s.add(opset, "rank4", s.floats(1, 2, 3, 4))
        s.add(opset, "rank1", s.floats(5))
        s.add(opset, "scalar", s.floats())
        if opset >= 15:
            s.add(opset, "start", s.floats(1, 2, 3, 4), start=2)
            s.add(opset, "start-end", s.floats(1, 2, 3, 4), start=-3, end=-1)


def size(s):
    for opset in s.opsets:
        s.add(opset, "rank4", s.floats(1, 2, 3, 4))
        s.add(opset, "scalar", s.floats())


def gather(s):
    for opset in s.opsets:
        s.add(opset, "scalar-index", s.integers(4), number(2, np.int64), axis=0)
        s.add(opset, "rows", s.floats(4, 3), ints(2, 0, 2))
        s.add(opset, "channels", s.floats(1, 4, 2, 3), ints(3, 1), axis=1)
        s.add(opset, "matrix-of-indices", s.floats(3, 4), Weight(np.int64([[0, 2], [1, 1]])), axis=1)
        s.add(opset, "int32-index", s.floats(3, 4), Weight(np.int32([1])), axis=1)
        if opset >= 11:
            s.add(opset, "negative", s.floats(3, 4), ints(-1, 0), axis=-1)


def range_(s):
    for opset in s.opsets:
        for what, dtype, limits in (
            ("int64", np.int64, (2, 9, 3)),
            ("int64-down", np.int64, (5, -2, -2)),
            ("int32", np.int32, (0, 4, 1)),
            ("float", np.float32, (0.5, 2.0, 0.25)),
            ("empty", np.int64, (3, 3, 1)),
        ):
            s.add(opset, what, *(number(v, dtype) for v in limits))


def constant(s):
    for opset in s.opsets:
        for what, value in (
            ("float", s.floats(2, 3)),
            ("int64", s.integers(3)),
            ("scalar", s.floats()),
            ("bool", s.bools(3)),
            ("int32", s.integers(2, dtype=np.int32)),
        ):
            s.add(opset, what, value=onnx.numpy_helper.from_array(np.asarray(value)))
        if opset >= 12:
            s.add(opset, "value-float", value_float=1.25)
            s.add(opset, "value-floats", value_floats=[1.0, -2.5])
            s.add(opset, "value-int", value_int=-3)
            s.add(opset, "value-ints", value_ints=[4, 5, 6])


def constant_of_shape(s):
    for opset in s.opsets:
        s.add(opset, "default", ints(2, 3))
        for what, value in (("float", np.float32([2.5])), ("int64", np.int64([-1])), ("bool", np.array([True]))):
            s.add(opset, what, ints(3, 2), value=onnx.numpy_helper.from_array(value))
        s.add(opset, "scalar", ints(), value=onnx.numpy_helper.from_array(np.int64([7])))
        s.add(opset, "empty", ints(0))


def cast(s):
    fractions = np.float32([-2.7, -0.5, 0.0, 0.4, 1.5, 99.9])
    whole = s.integers(2, 3)
    for opset in s.opsets:
        for what, x, to in (
            ("float-int64", fractions, onnx.TensorProto.INT64),
            ("float-int32", fractions, onnx.TensorProto.INT32),
            ("float-bool", fractions, onnx.TensorProto.BOOL),
            ("float-float", fractions, onnx.TensorProto.FLOAT),
            ("int64-float", whole, onnx.TensorProto.FLOAT),
            ("int64-int32", whole, onnx.TensorProto.INT32),
            ("int64-bool", whole, onnx.TensorProto.BOOL),
            ("int32-int64", whole.astype(np.int32), onnx.TensorProto.INT64),
            ("int32-float", whole.astype(np.int32), onnx.TensorProto.FLOAT),
            ("bool-float", s.bools(5), onnx.TensorProto.FLOAT),
            ("bool-int64", s.bools(5), onnx.TensorProto.INT64),
        ):
            s.add(opset, what, x, to=to)


def where(s):
    for opset in s.opsets:
        s.add(opset, "float", s.bools(2, 3, 4), s.floats(2, 3, 4), s.floats(2, 3, 4))
        s.add(opset, "broadcast", s.bools(3, 1), s.floats(2, 1, 4), number(0.5))
        s.add(opset, "int64", s.bools(4), s.integers(4), s.integers(4))


def comparison(s):
    # Less and Greater take integers from opset 9 on, Equal takes floats from 11 on.
    for opset in s.opsets:
        if s.operator != "Equal" or opset >= 11:
            x, y = (s.integers(2, 3, 4, low=-1, high=2).astype(np.float32) for _ in range(2))
            s.add(opset, "float", x, y)  # a third of them equal
            s.add(opset, "broadcast", x, y[0, :, :1])
        if s.operator == "Equal" or opset >= 9:
            for dtype in (np.int64, np.int32):
                a = np.asarray([[0, 1, 2, -3, 4], [5, 4, 3, 2, -1]], dtype)
                s.add(opset, dtype.__name__, a, Weight(np.asarray([0, 2, 1, -3, -1], dtype)))
        if s.operator == "Equal":
            s.add(opset, "bool", s.bools(2, 4), s.bools(4))


def logic(s):
    for opset in s.opsets:
        s.add(opset, "same-shape", *(s.bools(3, 4) for _ in range(1 if s.operator == "Not" else 2)))
        if s.operator != "Not":
            s.add(opset, "broadcast", s.bools(2, 3, 1), s.bools(4))


def binary(s):
    for opset in s.opsets:
        positive = {"low": 0.3, "high": 3} if s.operator in ("Div", "Pow") else {}
        base = {"low": 0.1} if s.operator == "Pow" else {}
        a, b = s.floats(2, 3, 4, 5, **base), s.floats(2, 3, 4, 5, **positive)
        s.add(opset, "same-shape", a, b)
        s.add(opset, "scalar", a, number(1.7))
        s.add(opset, "channels", a, Weight(s.floats(3, 1, 1, **positive)))
        s.add(opset, "left-broadcast", Weight(s.floats(1, 4, 1, **base, **({} if base else positive))), b)
        s.add(opset, "two-sided", s.floats(3, 1, 5, **base), s.floats(2, 1, 4, 1, **positive))
        if s.operator == "Pow":
            s.add(opset, "square", s.floats(2, 3), number(2))
            s.add(opset, "integer-power-of-negative", s.floats(5), number(3))
            if opset >= 12:
                s.add(opset, "int64-exponent", s.floats(2, 3), number(2, np.int64))
            continue
        for dtype in (np.int64, np.int32):
            s.add(opset, dtype.__name__, s.integers(5, dtype=dtype),
                  Weight(np.asarray([3, -2, 7, -5, 1], dtype)))


def modulo(s):
    for opset in s.opsets:
        s.add(opset, "int64", s.integers(6), Weight(np.int64([3, -2, 7, -5, 4, 6])))
        s.add(opset, "int64-fmod", s.integers(6), Weight(np.int64([3, -2, 7, -5, 4, 6])), fmod=1)
        s.add(opset, "float-fmod", s.floats(2, 3, low=-9, high=9), Weight(np.float32([2, -1.5, 0.7])), fmod=1)


def variadic(s):
    for opset in s.opsets:
        s.add(opset, "one", s.floats(2, 3))
        s.add(opset, "two", s.floats(2, 3), s.floats(2, 3))
        s.add(opset, "three", s.floats(2, 3), s.floats(2, 3), s.floats(2, 3))
        if opset >= 8:  # the first definition had no broadcasting
            s.add(opset, "broadcast", s.floats(2, 3, 4), number(0.2), Weight(s.floats(3, 1)))
        if s.operator in ("Min", "Max") and opset >= 12:
            s.add(opset, "int64", s.integers(4), s.integers(4))


UNARY_RANGE = {"Sqrt": (0, 9), "Log": (0.01, 9), "Reciprocal": (0.2, 3), "Exp": (-5, 5)}


def unary(s):
    low, high = UNARY_RANGE.get(s.operator, (-6, 6))
    for opset in s.opsets:
        s.add(opset, "float", s.floats(2, 3, 4, 5, low=low, high=high))
        s.add(opset, "scalar", s.floats(low=low, high=high))
        if s.operator in ("Round", "Floor", "Ceil"):
            s.add(opset, "halves", np.float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 7]))
        if low < 0:
            s.add(opset, "signs", np.float32([-30, -2.5, -1.5, -1, -0.5, -1e-3, 0, 1e-3, 30]))
        if s.operator in ("Neg", "Abs") or (s.operator == "Sign" and opset >= 9):
            s.add(opset, "int64", s.integers(6))


def clip(s):
    x = s.floats(2, 3, 4, low=-9, high=9)
    for opset in s.opsets:
        for what, bounds in (("both", (-1.5, 6.0)), ("lower", (0.0, None)), ("upper", (None, 2.0))):
            if opset < 11:
                names = zip(("min", "max"), bounds)
                s.add(opset, what, x, **{name: bound for name, bound in names if bound is not None})
            else:
                s.add(opset, what, x, *(None if bound is None else number(bound) for bound in bounds))
        s.add(opset, "none", x)
        if opset >= 12:
            s.add(opset, "int64", s.integers(6), number(-3, np.int64), number(4, np.int64))


ACTIVATION_ATTRIBUTES = {
    "LeakyRelu": {"alpha": 0.2},
    "HardSigmoid": {"alpha": 0.15, "beta": 0.4},
    "Elu": {"alpha": 1.7},
    "Selu": {"alpha": 1.5, "gamma": 1.2},
    "Celu": {"alpha": 0.6},
    "ThresholdedRelu": {"alpha": 1.3},
    "Gelu": {"approximate": "tanh"},
}


def activation(s):
    for opset in s.opsets:
        s.add(opset, "default", s.floats(2, 3, 4, 5, low=-6, high=6))
        s.add(opset, "extremes", np.float32([-200, -90, -20, -3, -1, -1e-4, 0, 1e-4, 1, 3, 20, 80]))
        if s.operator in ACTIVATION_ATTRIBUTES:
            s.add(opset, "attributes", s.floats(2, 3, 4, low=-4, high=4), **ACTIVATION_ATTRIBUTES[s.operator])


def prelu(s):
    for opset in s.opsets:
        s.add(opset, "per-channel", s.floats(2, 3, 4, 5), s.weight(3, 1, 1))
        s.add(opset, "shared", s.floats(2, 3, 4), s.weight(1))
        s.add(opset, "per-element", s.floats(2, 3, 4), s.weight(2, 3, 4))


def softmax(s):
    # Before opset 13 the input is flattened to a matrix at `axis`, by default 1; then one axis, -1.
    x = s.floats(2, 3, 4, 5, low=-5, high=5)
    for opset in s.opsets:
        s.add(opset, "default", x)
        for axis in (0, 1, 2, 3) + ((-1, -2) if opset >= 11 else ()):
            s.add(opset, f"axis{axis}".replace("axis-", "axis-minus-"), x, axis=axis)
        s.add(opset, "matrix", s.floats(3, 6), axis=1)
        s.add(opset, "large-values", np.float32([[1e4, 1e4 + 1, 1e4 - 2], [-1e4, 0, 1e4]]), axis=1)


def dropout(s):
    for opset in s.opsets:
        x = s.floats(2, 3, 4)
        if opset < 12:
            s.add(opset, "ratio", x, ratio=0.3)
        else:
            s.add(opset, "ratio", x, number(0.3))
            s.add(opset, "not-training", x, number(0.3), number(False, bool))
        s.add(opset, "default", x)
        if opset >= 12:  # before, the mask of inference was not defined
            s.add(opset, "mask", x, outputs=2)


def matrix_product(s):
    for opset in s.opsets:
        for what, a, b in (
            ("2d", (3, 5), (5, 4)),
            ("batch", (2, 3, 4, 5), (2, 3, 5, 2)),
            ("batch-broadcast", (2, 1, 4, 3), (3, 3, 2)),
            ("tokens", (2, 6, 4), (4, 3)),
            ("vector-left", (4,), (2, 4, 3)),
            ("vector-right", (2, 3, 4), (4,)),
            ("vectors", (5,), (5,)),
        ):
            s.add(opset, what, s.floats(*a), s.weight(*b))
        s.add(opset, "two-inputs", s.floats(2, 3, 4), s.floats(2, 4, 3))


def gemm(s):
    for opset in s.opsets:
        for what, a, b, c, attributes in (
            ("linear-layer", (3, 5), (4, 5), (4,), {"transB": 1}),
            ("plain", (3, 5), (5, 4), (3, 4), {}),
            ("both-transposed", (5, 3), (4, 5), (1, 4), {"transA": 1, "transB": 1}),
            ("alpha-beta", (3, 5), (5, 4), (3, 1), {"alpha": 0.5, "beta": -2.0}),
            ("scalar-c", (2, 3), (3, 2), (1,), {"transA": 0}),
        ):
            s.add(opset, what, s.floats(*a), s.weight(*b), s.weight(*c), **attributes)
        if opset >= 11:
            s.add(opset, "no-c", s.floats(2, 3), s.weight(3, 4), alpha=1.5)


def reduction(s):
    axes_are_input = 13 if s.operator == "ReduceSum" else 18
    low = 0.2 if s.operator.startswith("ReduceLogSum") else -1.5
    for opset in s.opsets:
        x = s.floats(2, 3, 4, 5, low=low)
        cases = [
            ("spatial", (2, 3), {}),
            ("spatial-flat", (2, 3), {"keepdims": 0}),
            ("channels", (1,), {"keepdims": 1}),
            ("outer", (0, 1), {"keepdims": 0}),
            ("not-adjacent", (1, 3), {"keepdims": 0}),
        ]
        if opset >= 11:
            cases.append(("negative-axis", (-1,), {"keepdims": 0}))
        for what, axes, attributes in cases:
            if opset < axes_are_input:
                s.add(opset, what, x, axes=axes, **attributes)
            else:
                s.add(opset, what, x, ints(*axes), **attributes)
        s.add(opset, "all", s.floats(2, 3, 4, low=low))
        s.add(opset, "all-flat", s.floats(2, 3, 4, low=low), keepdims=0)
        if s.operator in ("ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin"):
            s.add(opset, "int64-flat", s.integers(4, low=1), keepdims=0)
        # For the others it is disputed whether the element-wise part still applies.
        if opset >= axes_are_input and s.operator in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"):
            s.add(opset, "no-axes-no-change", x, ints(), noop_with_empty_axes=1)


def index_of_extreme(s):
    ties = np.float32([[1, 3, 3, 0], [2, 2, 1, 2]])
    for opset in s.opsets:
        s.add(opset, "channels", s.floats(1, 3, 4, 5), axis=1)
        s.add(opset, "channels-flat", s.floats(1, 3, 4, 5), axis=1, keepdims=0)
        s.add(opset, "default", s.floats(3, 4))
        s.add(opset, "ties", ties, axis=1)
        if opset >= 11:
            s.add(opset, "negative-axis", s.floats(2, 3, 4), axis=-1, keepdims=0)
        if opset >= 12:
            s.add(opset, "last-of-ties", ties, axis=1, select_last_index=1)


WRITERS = {
    "Conv": convolution, "ConvTranspose": transposed_convolution,
    "BatchNormalization": batch_normalisation, "InstanceNormalization": instance_normalisation,
    "GroupNormalization": group_normalisation, "LayerNormalization": layer_normalisation,
    "MaxPool": max_pool, "AveragePool": average_pool,
    "GlobalMaxPool": global_pool, "GlobalAveragePool": global_pool, "MaxUnpool": max_unpool,
    "Resize": resize, "Upsample": upsample, "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
    "Pad": pad, "Concat": concat, "Split": split, "Slice": slice_, "Reshape": reshape,
    "Transpose": transpose, "Squeeze": squeeze, "Unsqueeze": unsqueeze, "Flatten": flatten,
    "Expand": expand, "Tile": tile, "Identity": identity,
    "Shape": shape, "Size": size, "Gather": gather, "Range": range_, "Constant": constant,
    "ConstantOfShape": constant_of_shape, "Cast": cast, "Where": where,
    **dict.fromkeys(("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"), comparison),
    **dict.fromkeys(("Not", "And", "Or", "Xor"), logic),
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Pow"), binary),
    "Mod": modulo, **dict.fromkeys(("Min", "Max", "Sum", "Mean"), variadic), "Clip": clip,
    **dict.fromkeys(
        "Neg Abs Sign Sqrt Exp Log Reciprocal Floor Ceil Round".split(), unary),
    **dict.fromkeys(
        "Relu LeakyRelu Sigmoid HardSigmoid HardSwish Tanh Elu Selu Celu Softplus Softsign Gelu"
        " Mish Erf ThresholdedRelu".split(), activation),
    "PRelu": prelu, "Softmax": softmax, "LogSoftmax": softmax, "Dropout": dropout,
    "MatMul": matrix_product, "Gemm": gemm,
    **dict.fromkeys(("ArgMax", "ArgMin"), index_of_extreme),
    **dict.fromkeys(
        (name for name in scope.GROUPS["reduction"] if name.startswith("Reduce")), reduction),
}


def build():
    """Yields (operator, case); the operator of a whole graph is "graph"."""
    for operator in itertools.chain.from_iterable(scope.GROUPS.values()):
        suite = Suite(operator)
        WRITERS[operator](suite)
        for case in suite.cases:
            yield operator, case
    for case in onnx_graph_cases.build():
        yield "graph", case


def check_every_definition(cases):
    """Fails unless each definition of each operator in the opset range has a case of its own."""
    covered = set()
    for case in cases:
        opset = case.model.opset_import[0].version
        for node in case.model.graph.node:
            in_force = max(first for first in definitions(node.op_type) if first <= opset)
            covered.add((node.op_type, in_force))
    wanted = {(name, first) for name in scope.OPERATORS for first in definitions(name)}
    if wanted - covered:
        raise SystemExit(f"definitions without a case: {sorted(wanted - covered)}")
