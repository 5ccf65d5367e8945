#include "model/output_reading.h"

#include <string.h>

enum activation { ACTIVATION_NONE, ACTIVATION_SIGMOID, ACTIVATION_SOFTMAX };

/* More nodes that only hand values on do not stand behind one another in any real network. */
enum { MOST_PASSED = 16, IMAGE_RANK = 4, CHANNEL_AXIS = 1 };

static const struct onnx_node *producer_of(const struct onnx_model *onnx, const char *name)
{
    for (size_t i = 0; i < onnx->node_count; i++)
        for (size_t k = 0; k < onnx->nodes[i].output_count; k++)
            if (strcmp(onnx->nodes[i].outputs[k], name) == 0) return &onnx->nodes[i];
    return NULL;
}

static int is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

/* Whether a Softmax sums over the given axis of an image. */
static int sums_over(const struct onnx_model *onnx, const struct onnx_node *softmax, int64_t axis)
{
    const struct onnx_attribute *attribute = onnx_node_attribute(softmax, "axis");
    int64_t own = attribute && attribute->kind == ONNX_ATTR_INT ? attribute->i : onnx->opset >= 13 ? -1 : 1;
    if (own < 0) own += IMAGE_RANK;
    /* Before opset 13 all axes from `axis` on were taken as one. */
    return own == axis && (onnx->opset >= 13 || axis == IMAGE_RANK - 1);
}

/* Goes back from the output over what leaves each value as it is. */
static enum activation last_activation(const struct onnx_model *onnx)
{
    static const char *const passing[] = {"Identity", "Cast", "Dropout", "Clip", NULL};
    const char *name = onnx->outputs[0].name;
    int64_t channel_axis = CHANNEL_AXIS;
    for (int passed = 0; passed < MOST_PASSED; passed++) {
        const struct onnx_node *node = producer_of(onnx, name);
        if (!node || *node->domain) return ACTIVATION_NONE;
        if (strcmp(node->op_type, "Sigmoid") == 0 || strcmp(node->op_type, "HardSigmoid") == 0)
            return ACTIVATION_SIGMOID;
        if (strcmp(node->op_type, "Softmax") == 0)
            return sums_over(onnx, node, channel_axis) ? ACTIVATION_SOFTMAX : ACTIVATION_NONE;
        if (strcmp(node->op_type, "Transpose") == 0) {
            const struct onnx_attribute *perm = onnx_node_attribute(node, "perm");
            if (!perm || perm->kind != ONNX_ATTR_INTS || perm->count != IMAGE_RANK) return ACTIVATION_NONE;
            channel_axis = perm->ints[channel_axis];
            if (channel_axis < 0 || channel_axis >= IMAGE_RANK) return ACTIVATION_NONE;
        } else if (!is_one_of(node->op_type, passing)) {
            return ACTIVATION_NONE;
        }
        if (node->input_count == 0) return ACTIVATION_NONE;
        name = node->inputs[0];
    }
    return ACTIVATION_NONE;
}

/* The completion counts where it holds an activation, or changes the network's values otherwise. */
static enum activation activation_of(const struct onnx_model *onnx, const struct package_tensor *output)
{
    for (size_t i = output->step_count; i-- > 0;) switch (output->steps[i].kind) {
        case STEP_SIGMOID:
            return ACTIVATION_SIGMOID;
        case STEP_SOFTMAX:
            return ACTIVATION_SOFTMAX;
        case STEP_CLIP:
        case STEP_BINARIZE:
        case STEP_INTEGER:
            break;
        default:
            return ACTIVATION_NONE;
        }
    return last_activation(onnx);
}

/* The producer of a value, past operators that are named; NULL where the value is an input, or the chain is
 * longer than any real one. */
static const struct onnx_node *producer_past(const struct onnx_model *onnx, const char *name,
                                             const char *const *passing)
{
    for (int passed = 0; passed < MOST_PASSED; passed++) {
        const struct onnx_node *node = producer_of(onnx, name);
        if (!node || *node->domain || !is_one_of(node->op_type, passing)) return node;
        if (node->input_count == 0) return NULL;
        name = node->inputs[0];
    }
    return NULL;
}

/* Channels that a convolution gives, by its weights; 0 where it is none or they are not in the file. */
static int64_t channels_of(const struct onnx_model *onnx, const struct onnx_node *node)
{
    int turned = node && strcmp(node->op_type, "ConvTranspose") == 0; /* one group, as behind any network */
    if (!node || (!turned && strcmp(node->op_type, "Conv") != 0) || node->input_count < 2) return 0;
    for (size_t i = 0; i < onnx->initializer_count; i++)
        if (strcmp(onnx->initializers[i].name, node->inputs[1]) == 0 && onnx->initializers[i].rank == 4)
            return onnx->initializers[i].dims[turned ? 1 : 0];
    return 0;
}

/* Whether the output is the number of the largest channel, of which there are not two as far as is known. */
static int numbers_classes(const struct onnx_model *onnx)
{
    static const char *const behind[] = {"Identity", "Cast", "Squeeze", "Unsqueeze", "Transpose", NULL};
    static const char *const before[] = {"Identity",           "Cast",    "Dropout", "Softmax",
                                         "LogSoftmax",         "Sigmoid", "Relu",    "Transpose",
                                         "BatchNormalization", NULL};
    const struct onnx_node *last = producer_past(onnx, onnx->outputs[0].name, behind);
    if (!last || strcmp(last->op_type, "ArgMax") != 0 || last->input_count == 0) return 0;
    return channels_of(onnx, producer_past(onnx, last->inputs[0], before)) != 2;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the name, in letters of any size, begins with the word. */
static int begins_with(const char *name, const char *word)
{
    while (*word && lower(*name) == *word) name++, word++;
    return !*word;
}

/* What packages call "nothing here", and what they call the thing that is sought; 0 is any other name. */
static int rank_of_name(const char *name)
{
    static const char *const nothing[] = {"background", "bg", NULL}, *const things[] = {"foreground", "fg",
                                                                                        "particle",
                                                                                        "nanoparticle", NULL};
    for (size_t i = 0; nothing[i]; i++)
        if (begins_with(name, nothing[i])) return -1;
    for (size_t i = 0; things[i]; i++)
        if (begins_with(name, things[i])) return 1;
    return 0;
}

enum output_kind output_reading_decide(const struct onnx_model *onnx, const struct package_tensor *output,
                                       int64_t channel_count, int *foreground)
{
    *foreground = 0;
    /* A class number is no probability: 2 and 3 are not more of it than 1. */
    if (channel_count == 1) return numbers_classes(onnx) ? OUTPUT_NUMBERS : OUTPUT_MASK;
    enum activation activation = activation_of(onnx, output);
    if (channel_count < 2 || activation == ACTIVATION_NONE) return OUTPUT_VALUES;
    if (activation == ACTIVATION_SIGMOID) return OUTPUT_MASKS;
    if (channel_count > 2) return OUTPUT_CLASSES;
    const char *const *names = output->channel_names;
    *foreground = output->channel_name_count == 2 && rank_of_name(names[0]) > rank_of_name(names[1]) ? 0 : 1;
    return OUTPUT_MASK;
}
