/* operator_params.h - what `infer` has understood of a node, in one form for all opsets.
 *
 * The dense computation and the row executor (which runs a graph in bands) both work from these and never
 * look at attributes again. Axes are counted from 0; sizes are those of the compiled shape.
 */
#ifndef NN_OPERATOR_PARAMS_H
#define NN_OPERATOR_PARAMS_H

#include "tensor/window.h"

/* Conv and ConvTranspose: inputs x (N, C, spatial...), w, optional b. auto_pad is resolved into pads. */
struct conv_params {
    struct window
        window; /* for ConvTranspose pad_end is what is cut behind, possibly < 0 with output_padding */
    int64_t groups;
};

/* MaxPool, AveragePool; ceil_mode and auto_pad are resolved into pads and the output's shape. */
struct pool_params {
    struct window window;
    int average;           /* 0: maximum */
    int count_include_pad; /* average: divide by the whole window, positions in the padding counted */
};

/* Resize and Upsample, one map for each axis of the input. */
enum resize_mode { RESIZE_NEAREST, RESIZE_LINEAR };
struct resize_params {
    enum resize_mode mode;
    int rank;
    /* Output index i of an axis reads input indices first[i] and second[i] with weights 1 - blend[i] and
     * blend[i]; nearest and unchanged axes have blend 0. first[i] == -1: the extrapolation value. Freed by
     * resize_params_free, which the graph calls. */
    struct resize_axis {
        int64_t in, out;
        int identity;
        double scale; /* out per in */
        int32_t *first, *second;
        float *blend;
    } axes[8];
    float extrapolation;
};

/* Pad: begin and end per axis of the input (negative: cut). */
enum pad_mode { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE, PAD_WRAP };
struct pad_params {
    enum pad_mode mode;
    int rank;
    int64_t begin[8], end[8];
    float value; /* constant mode, float data */
};

struct concat_params {
    int axis;
};

struct split_params {
    int axis;
    int64_t begin[16]; /* where each output begins on the axis */
};

/* Slice: output index i of an axis is input index start + i * step. */
struct slice_params {
    int rank;
    int64_t start[8], step[8];
};

/* Softmax, LogSoftmax. Opset 13 and later: over `axis`. Before: over all axes from `axis` on (flattened). */
struct softmax_params {
    int axis, end; /* sums over axes axis .. end - 1 */
    int logarithm;
};

/* ArgMax, ArgMin. */
struct arg_params {
    int axis, keepdims, last, smallest;
};

/* ReduceSum and its kin. */
enum reduce_kind {
    REDUCE_SUM,
    REDUCE_MEAN,
    REDUCE_MAX,
    REDUCE_MIN,
    REDUCE_PROD,
    REDUCE_L1,
    REDUCE_L2,
    REDUCE_SUM_SQUARE,
    REDUCE_LOG_SUM,
    REDUCE_LOG_SUM_EXP
};
struct reduce_params {
    enum reduce_kind kind;
    unsigned axes; /* bit k: axis k is reduced */
    int keepdims;
};

/* Element-wise with one data input: value' = f(value; a, b). */
struct unary_params {
    int kind; /* enum unary_kind of tensor/unary.h */
    float a, b;
    int bounds_vary; /* Clip whose bounds are inputs without data: a and b are not known yet */
};

/* Element-wise with two inputs (or more: Sum, Mean, Max, Min) and NumPy's broadcasting (Add, Mul, Max, Less,
 * And, ...). */
struct binary_params {
    int kind; /* enum binary_kind of tensor/binary.h; Sum, Mean, Max, Min apply it from the first input on */
    int mean; /* Mean: the sum is divided by the number of inputs */
};

/* BatchNormalization (inference): y = x * scale + shift per channel, computed from the four constant inputs
 * when they have data. */
struct batch_norm_params {
    float epsilon;
};

/* DepthToSpace and SpaceToDepth. */
struct depth_params {
    int64_t block;
    int column_row_depth; /* CRD mode; else DCR */
    int to_depth;
};

/* InstanceNormalization (a group for each channel) and GroupNormalization. Scale and bias have one value for
 * each channel, or (GroupNormalization before opset 21) for each group. */
struct group_norm_params {
    int64_t groups;
    int per_group;
    float epsilon;
};

/* LayerNormalization: over all axes from `axis` on. */
struct layer_norm_params {
    int axis;
    float epsilon;
};

/* Output axis k is input axis permutation[k]. */
struct transpose_params {
    int rank;
    int permutation[8];
};

struct gather_params {
    int axis;
};

/* y = alpha a b + beta c, with a and b transposed first where it says so. MatMul has none of this. */
struct gemm_params {
    float alpha, beta;
    int transpose_a, transpose_b;
};

#endif
