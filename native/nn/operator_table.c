/* The operators and the opsets at which their definitions changed, beginning with the definition that is in
 * force in opset 7 (an older model is accepted where it has just these). From onnx.defs of onnx 1.23.2 (which
 * knows opset 28): `onnx.defs.get_all_schemas_with_history()`. */
#include <string.h>

#include "base/failure.h"
#include "nn/operator_families.h"
#include "nn/operator_params.h"

#define VERSIONS(...)  ((const short[]){__VA_ARGS__, 0})
#define FAMILY(family) .infer = operator_##family##_infer, .evaluate = operator_##family##_evaluate
#define COPY(family)   .infer = operator_##family##_infer, .evaluate = operator_copy_evaluate
#define PARAMS(family) .params_bytes = sizeof(struct family##_params)

/* clang-format off */
static const struct operator_entry entries[] = {
    {"Abs", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Add", VERSIONS(7, 13, 14), FAMILY(binary), PARAMS(binary)},
    {"And", VERSIONS(7), FAMILY(binary), PARAMS(binary)},
    {"ArgMax", VERSIONS(1, 11, 12, 13), FAMILY(arg), PARAMS(arg)},
    {"ArgMin", VERSIONS(1, 11, 12, 13), FAMILY(arg), PARAMS(arg)},
    {"AveragePool", VERSIONS(7, 10, 11, 19, 22), FAMILY(pool), PARAMS(pool), .heavy = 1},
    {"BatchNormalization", VERSIONS(7, 9, 14, 15), FAMILY(batch_norm), PARAMS(batch_norm)},
    {"Cast", VERSIONS(6, 9, 13, 19, 21, 23, 24, 25, 28), FAMILY(cast), .forwards = 1},
    {"Ceil", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Celu", VERSIONS(12, 28), FAMILY(unary), PARAMS(unary)},
    {"Clip", VERSIONS(6, 11, 12, 13), FAMILY(clip), PARAMS(unary)},
    {"Concat", VERSIONS(4, 11, 13), FAMILY(concat), PARAMS(concat)},
    {"Constant", VERSIONS(1, 9, 11, 12, 13, 19, 21, 23, 24, 25), FAMILY(constant)},
    {"ConstantOfShape", VERSIONS(9, 20, 21, 23, 24, 25), FAMILY(constant_of_shape)},
    {"Conv", VERSIONS(1, 11, 22), FAMILY(conv), PARAMS(conv), .heavy = 1},
    {"ConvTranspose", VERSIONS(1, 11, 22), FAMILY(conv_transpose), PARAMS(conv), .heavy = 1},
    {"DepthToSpace", VERSIONS(1, 11, 13, 28), FAMILY(depth), PARAMS(depth)},
    {"Div", VERSIONS(7, 13, 14), FAMILY(binary), PARAMS(binary)},
    {"Dropout", VERSIONS(7, 10, 12, 13, 22), FAMILY(dropout), .forwards = 1},
    {"Elu", VERSIONS(6, 22), FAMILY(unary), PARAMS(unary)},
    {"Equal", VERSIONS(7, 11, 13, 19), FAMILY(binary), PARAMS(binary)},
    {"Erf", VERSIONS(9, 13), FAMILY(unary), PARAMS(unary)},
    {"Exp", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Expand", VERSIONS(8, 13), FAMILY(expand)},
    {"Flatten", VERSIONS(1, 9, 11, 13, 21, 23, 24, 25), COPY(flatten)},
    {"Floor", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Gather", VERSIONS(1, 11, 13), FAMILY(gather), PARAMS(gather)},
    {"Gelu", VERSIONS(20), FAMILY(unary), PARAMS(unary)},
    {"Gemm", VERSIONS(7, 9, 11, 13), FAMILY(gemm), PARAMS(gemm), .heavy = 1},
    {"GlobalAveragePool", VERSIONS(1, 22), FAMILY(global_pool), PARAMS(pool)},
    {"GlobalMaxPool", VERSIONS(1, 22), FAMILY(global_pool), PARAMS(pool)},
    {"Greater", VERSIONS(7, 9, 13), FAMILY(binary), PARAMS(binary)},
    {"GreaterOrEqual", VERSIONS(12, 16), FAMILY(binary), PARAMS(binary)},
    {"GroupNormalization", VERSIONS(18, 21), FAMILY(group_norm), PARAMS(group_norm)},
    {"HardSigmoid", VERSIONS(6, 22), FAMILY(unary), PARAMS(unary)},
    {"HardSwish", VERSIONS(14, 22), FAMILY(unary), PARAMS(unary)},
    {"Identity", VERSIONS(1, 13, 14, 16, 19, 21, 23, 24, 25), COPY(identity), .forwards = 1},
    {"InstanceNormalization", VERSIONS(6, 22), FAMILY(group_norm), PARAMS(group_norm)},
    {"LayerNormalization", VERSIONS(17), FAMILY(layer_norm), PARAMS(layer_norm)},
    {"LeakyRelu", VERSIONS(6, 16), FAMILY(unary), PARAMS(unary)},
    {"Less", VERSIONS(7, 9, 13), FAMILY(binary), PARAMS(binary)},
    {"LessOrEqual", VERSIONS(12, 16), FAMILY(binary), PARAMS(binary)},
    {"Log", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"LogSoftmax", VERSIONS(1, 11, 13), FAMILY(softmax), PARAMS(softmax)},
    {"MatMul", VERSIONS(1, 9, 13), FAMILY(matmul), .heavy = 1},
    {"Max", VERSIONS(6, 8, 12, 13), FAMILY(binary), PARAMS(binary)},
    {"MaxPool", VERSIONS(1, 8, 10, 11, 12, 22), FAMILY(pool), PARAMS(pool), .heavy = 1},
    {"MaxUnpool", VERSIONS(9, 11, 22), FAMILY(max_unpool), .heavy = 1},
    {"Mean", VERSIONS(6, 8, 13), FAMILY(binary), PARAMS(binary)},
    {"Min", VERSIONS(6, 8, 12, 13), FAMILY(binary), PARAMS(binary)},
    {"Mish", VERSIONS(18, 22), FAMILY(unary), PARAMS(unary)},
    {"Mod", VERSIONS(10, 13, 28), FAMILY(binary), PARAMS(binary)},
    {"Mul", VERSIONS(7, 13, 14), FAMILY(binary), PARAMS(binary)},
    {"Neg", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Not", VERSIONS(1), FAMILY(not)},
    {"Or", VERSIONS(7), FAMILY(binary), PARAMS(binary)},
    {"PRelu", VERSIONS(7, 9, 16), FAMILY(binary), PARAMS(binary)},
    {"Pad", VERSIONS(2, 11, 13, 18, 19, 21, 23, 24, 25), FAMILY(pad), PARAMS(pad)},
    {"Pow", VERSIONS(7, 12, 13, 15), FAMILY(binary), PARAMS(binary)},
    {"Range", VERSIONS(11, 27), FAMILY(range)},
    {"Reciprocal", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"ReduceL1", VERSIONS(1, 11, 13, 18), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceL2", VERSIONS(1, 11, 13, 18), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceLogSum", VERSIONS(1, 11, 13, 18, 28), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceLogSumExp", VERSIONS(1, 11, 13, 18, 28), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceMax", VERSIONS(1, 11, 12, 13, 18, 20), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceMean", VERSIONS(1, 11, 13, 18), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceMin", VERSIONS(1, 11, 12, 13, 18, 20), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceProd", VERSIONS(1, 11, 13, 18), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceSum", VERSIONS(1, 11, 13), FAMILY(reduce), PARAMS(reduce)},
    {"ReduceSumSquare", VERSIONS(1, 11, 13, 18), FAMILY(reduce), PARAMS(reduce)},
    {"Relu", VERSIONS(6, 13, 14), FAMILY(unary), PARAMS(unary)},
    {"Reshape", VERSIONS(5, 13, 14, 19, 21, 23, 24, 25), COPY(reshape)},
    {"Resize", VERSIONS(10, 11, 13, 18, 19), FAMILY(resize), PARAMS(resize), .release = operator_resize_release,
     .owned_bytes = operator_resize_owned_bytes},
    {"Round", VERSIONS(11, 22), FAMILY(unary), PARAMS(unary)},
    {"Selu", VERSIONS(6, 22), FAMILY(unary), PARAMS(unary)},
    {"Shape", VERSIONS(1, 13, 15, 19, 21, 23, 24, 25), FAMILY(shape), .shape_only = 1},
    {"Sigmoid", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Sign", VERSIONS(9, 13), FAMILY(unary), PARAMS(unary)},
    {"Size", VERSIONS(1, 13, 19, 21, 23, 24, 25), FAMILY(size), .shape_only = 1},
    {"Slice", VERSIONS(1, 10, 11, 13), FAMILY(slice), PARAMS(slice)},
    {"Softmax", VERSIONS(1, 11, 13), FAMILY(softmax), PARAMS(softmax)},
    {"Softplus", VERSIONS(1, 22), FAMILY(unary), PARAMS(unary)},
    {"Softsign", VERSIONS(1, 22), FAMILY(unary), PARAMS(unary)},
    {"SpaceToDepth", VERSIONS(1, 13, 28), FAMILY(depth), PARAMS(depth)},
    {"Split", VERSIONS(2, 11, 13, 18), FAMILY(split), PARAMS(split)},
    {"Sqrt", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"Squeeze", VERSIONS(1, 11, 13, 21, 23, 24, 25), COPY(squeeze)},
    {"Sub", VERSIONS(7, 13, 14), FAMILY(binary), PARAMS(binary)},
    {"Sum", VERSIONS(6, 8, 13), FAMILY(binary), PARAMS(binary)},
    {"Tanh", VERSIONS(6, 13), FAMILY(unary), PARAMS(unary)},
    {"ThresholdedRelu", VERSIONS(10, 22), FAMILY(unary), PARAMS(unary)},
    {"Tile", VERSIONS(6, 13), FAMILY(tile)},
    {"Transpose", VERSIONS(1, 13, 21, 23, 24, 25), FAMILY(transpose), PARAMS(transpose)},
    {"Unsqueeze", VERSIONS(1, 11, 13, 21, 23, 24, 25), COPY(unsqueeze)},
    {"Upsample", VERSIONS(7, 9, 10), FAMILY(resize), PARAMS(resize), .release = operator_resize_release,
     .owned_bytes = operator_resize_owned_bytes},
    {"Where", VERSIONS(9, 16), FAMILY(where)},
    {"Xor", VERSIONS(7), FAMILY(binary), PARAMS(binary)},
};
/* clang-format on */

static const struct operator_entry *find_entry(const char *name)
{
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if (!strcmp(entries[i].name, name)) return &entries[i];
    return NULL;
}

fringe_status operator_find(const struct onnx_node *node, int64_t opset, const struct operator_entry **entry,
                            fringe_error *error)
{
    const char *name = *node->name || !node->output_count ? node->name : node->outputs[0];
    if (*node->domain && strcmp(node->domain, "ai.onnx") != 0)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "node '%s': operator %s of domain '%s' is not supported", name, node->op_type,
                           node->domain);
    if (opset > OPERATOR_LISTED_OPSET)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "node '%s': operator %s in opset %lld is newer than %d, the newest known", name,
                           node->op_type, (long long)opset, OPERATOR_LISTED_OPSET);
    *entry = find_entry(node->op_type);
    if (!*entry)
        return failure_set(error, FRINGE_UNSUPPORTED, "node '%s': operator %s (opset %lld) is not supported",
                           name, node->op_type, (long long)opset);
    short definition = 0;
    for (const short *version = (*entry)->versions; *version && *version <= opset; version++)
        definition = *version;
    if (!definition && (*entry)->versions[0] > OPERATOR_OLDEST_OPSET)
        return failure_set(error, FRINGE_MODEL, "node '%s': operator %s is in opset %lld, but begins in %d",
                           name, node->op_type, (long long)opset, (*entry)->versions[0]);
    if (!definition)
        return failure_set(
            error, FRINGE_UNSUPPORTED,
            "node '%s': operator %s of opset %lld is older than that of opset %d, the oldest supported", name,
            node->op_type, (long long)opset, (*entry)->versions[0]);
    if (definition > OPERATOR_NEWEST_OPSET)
        return failure_set(
            error, FRINGE_UNSUPPORTED,
            "node '%s': operator %s changed in opset %d (the model has %lld); up to %d is supported", name,
            node->op_type, definition, (long long)opset, OPERATOR_NEWEST_OPSET);
    return FRINGE_OK;
}
