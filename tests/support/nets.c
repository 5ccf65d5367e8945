#include "support/nets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPSET 13

struct net {
    struct onnx_model model;
    struct onnx_opset opset;
    struct onnx_value input, output;
    struct onnx_node *nodes;
    struct onnx_tensor *constants;
    int64_t *channels; /* by value */
    char **names;
    int value_count;
    uint64_t random;
    void **blocks; /* everything that net_free gives back */
    size_t block_count;
};

static void *keep(struct net *net, size_t bytes)
{
    void **grown = realloc(net->blocks, (net->block_count + 1) * sizeof *grown);
    void *block = calloc(1, bytes ? bytes : 1);
    if (!grown || !block) abort();
    net->blocks = grown;
    return net->blocks[net->block_count++] = block;
}

static void grow(void *array, size_t count, size_t size)
{
    void **block = array, *grown = realloc(*block, (count + 1) * size);
    if (!grown) abort();
    memset((char *)grown + count * size, 0, size);
    *block = grown;
}

static int add_value(struct net *net, const char *name, int64_t channels)
{
    grow(&net->names, (size_t)net->value_count, sizeof *net->names);
    grow(&net->channels, (size_t)net->value_count, sizeof *net->channels);
    char text[32];
    snprintf(text, sizeof text, "value_%d", net->value_count);
    net->names[net->value_count] = keep(net, 64);
    snprintf(net->names[net->value_count], 64, "%s", name ? name : text);
    net->channels[net->value_count] = channels;
    return net->value_count++;
}

struct net *net_begin(const char *input, int64_t channels)
{
    struct net *net = calloc(1, sizeof *net);
    if (!net) abort();
    net->random = 88172645463325252u;
    add_value(net, input, channels);
    int64_t *dims = keep(net, 4 * sizeof *dims);
    const char **symbols = keep(net, 4 * sizeof *symbols);
    dims[0] = 1, dims[1] = channels, dims[2] = dims[3] = -1;
    symbols[0] = symbols[1] = "", symbols[2] = "H", symbols[3] = "W";
    net->input = (struct onnx_value){net->names[0], ONNX_FLOAT, 4, dims, symbols};
    return net;
}

void net_free(struct net *net)
{
    if (!net) return;
    for (size_t i = 0; i < net->block_count; i++) free(net->blocks[i]);
    free(net->blocks);
    free(net->names);
    free(net->channels);
    free(net->nodes);
    free(net->constants);
    free(net);
}

int net_input(const struct net *net)
{
    (void)net;
    return 0;
}

int64_t net_channels(const struct net *net, int value)
{
    return net->channels[value];
}

static void set_attribute(struct net *net, struct onnx_attribute *attribute, char *text)
{
    char *equals = strchr(text, '=');
    *equals = 0;
    attribute->name = text;
    char *value = equals + 1;
    size_t commas = 0;
    for (char *p = value; *p; p++) commas += *p == ',';
    if (value[strspn(value, "0123456789-,")] == 0) {
        int64_t *ints = keep(net, (commas + 1) * sizeof *ints);
        size_t count = 0;
        for (char *p = value; *p;) {
            ints[count++] = strtoll(p, &p, 10);
            if (*p == ',') p++;
        }
        attribute->kind = commas ? ONNX_ATTR_INTS : ONNX_ATTR_INT;
        attribute->i = ints[0];
        attribute->ints = ints;
        attribute->count = count;
    } else if (value[strspn(value, "0123456789-.e")] == 0) {
        attribute->kind = ONNX_ATTR_FLOAT;
        attribute->f = strtof(value, NULL);
    } else {
        attribute->kind = ONNX_ATTR_STRING;
        attribute->s = value;
    }
}

static void set_attributes(struct net *net, struct onnx_node *node, const char *text)
{
    char *copy = keep(net, strlen(text) + 1);
    strcpy(copy, text);
    struct onnx_attribute *attributes = keep(net, 16 * sizeof *attributes);
    char *rest = copy;
    for (char *word; (word = strtok_r(rest, " ", &rest));)
        set_attribute(net, &attributes[node->attribute_count++], word);
    node->attributes = attributes;
}

int net_node(struct net *net, const char *operator, const int * inputs, size_t count, const char *attributes,
             int64_t channels)
{
    grow(&net->nodes, net->model.node_count, sizeof *net->nodes);
    int output = add_value(net, NULL, channels);
    const char **in = keep(net, count * sizeof *in), **out = keep(net, sizeof *out);
    for (size_t i = 0; i < count; i++) in[i] = inputs[i] < 0 ? "" : net->names[inputs[i]];
    out[0] = net->names[output];
    struct onnx_node *node = &net->nodes[net->model.node_count++];
    *node = (struct onnx_node){.name = out[0],
                               .op_type = operator,
                               .domain = "",
                               .input_count = count,
                               .output_count = 1,
                               .inputs = in,
                               .outputs = out};
    set_attributes(net, node, attributes);
    return output;
}

static int add_constant(struct net *net, int32_t type, size_t size, int rank, const int64_t *dims,
                        void **bytes)
{
    grow(&net->constants, net->model.initializer_count, sizeof *net->constants);
    int value = add_value(net, NULL, 0);
    int64_t *own = keep(net, (size_t)rank * sizeof *own), count = 1;
    for (int i = 0; i < rank; i++) count *= own[i] = dims[i];
    *bytes = keep(net, (size_t)count * size);
    net->constants[net->model.initializer_count++] =
        (struct onnx_tensor){net->names[value], type, rank, own, *bytes, (size_t)count * size};
    return value;
}

int net_random(struct net *net, int rank, const int64_t *dims, double low, double high)
{
    void *bytes;
    int value = add_constant(net, ONNX_FLOAT, sizeof(float), rank, dims, &bytes);
    size_t count = net->constants[net->model.initializer_count - 1].size / sizeof(float);
    for (size_t i = 0; i < count; i++) {
        net->random ^= net->random << 13; /* xorshift64 */
        net->random ^= net->random >> 7;
        net->random ^= net->random << 17;
        ((float *)bytes)[i] =
            (float)(low + (high - low) * ((double)(net->random >> 11) / 9007199254740992.0));
    }
    return value;
}

int net_floats(struct net *net, int rank, const int64_t *dims, const float *values)
{
    void *bytes;
    int value = add_constant(net, ONNX_FLOAT, sizeof(float), rank, dims, &bytes);
    memcpy(bytes, values, net->constants[net->model.initializer_count - 1].size);
    return value;
}

int net_integers(struct net *net, int64_t count, const int64_t *values)
{
    void *bytes;
    int value = add_constant(net, ONNX_INT64, sizeof(int64_t), 1, &count, &bytes);
    memcpy(bytes, values, (size_t)count * sizeof *values);
    return value;
}

int net_conv(struct net *net, int x, int64_t channels, int64_t kernel, int64_t stride)
{
    int64_t in = net->channels[x], dims[4] = {channels, in, kernel, kernel}, pad = kernel / 2;
    double spread = 1.7 / __builtin_sqrt((double)(in * kernel * kernel)); /* keeps the variance about 1 */
    int inputs[3] = {x, net_random(net, 4, dims, -spread, spread), net_random(net, 1, dims, -0.1, 0.1)};
    char attributes[128];
    snprintf(attributes, sizeof attributes, "kernel_shape=%d,%d pads=%d,%d,%d,%d strides=%d,%d", (int)kernel,
             (int)kernel, (int)pad, (int)pad, (int)pad, (int)pad, (int)stride, (int)stride);
    return net_node(net, "Conv", inputs, 3, attributes, channels);
}

int net_norm(struct net *net, int x)
{
    int64_t channels = net->channels[x];
    int inputs[5] = {x, net_random(net, 1, &channels, 0.5, 1.5), net_random(net, 1, &channels, -0.2, 0.2),
                     net_random(net, 1, &channels, -0.2, 0.2), net_random(net, 1, &channels, 0.5, 1.5)};
    return net_node(net, "BatchNormalization", inputs, 5, "epsilon=0.00001", channels);
}

int net_unary(struct net *net, const char *operator, int x)
{
    return net_node(net, operator, & x, 1, "", net->channels[x]);
}

int net_pool(struct net *net, int x)
{
    return net_node(net, "MaxPool", &x, 1, "kernel_shape=2,2 strides=2,2", net->channels[x]);
}

int net_up(struct net *net, int x)
{
    const float scales[4] = {1, 1, 2, 2};
    const int64_t four = 4;
    int inputs[3] = {x, -1, net_floats(net, 1, &four, scales)};
    return net_node(net, "Resize", inputs, 3,
                    "mode=nearest nearest_mode=floor coordinate_transformation_mode=asymmetric",
                    net->channels[x]);
}

int net_up_transposed(struct net *net, int x, int64_t channels)
{
    int64_t dims[4] = {net->channels[x], channels, 2, 2};
    double spread = 1.7 / __builtin_sqrt((double)net->channels[x]);
    int inputs[3] = {x, net_random(net, 4, dims, -spread, spread), net_random(net, 1, &channels, -0.1, 0.1)};
    return net_node(net, "ConvTranspose", inputs, 3, "kernel_shape=2,2 strides=2,2", channels);
}

int net_concat(struct net *net, int a, int b)
{
    int inputs[2] = {a, b};
    return net_node(net, "Concat", inputs, 2, "axis=1", net->channels[a] + net->channels[b]);
}

static int double_conv(struct net *net, int x, int64_t channels)
{
    for (int i = 0; i < 2; i++) x = net_unary(net, "Relu", net_norm(net, net_conv(net, x, channels, 3, 1)));
    return x;
}

struct net *net_unet(const int64_t *filters, size_t levels, int64_t bottom, int transposed, int64_t classes)
{
    struct net *net = net_begin("image", 1);
    int x = 0, skips[8];
    for (size_t i = 0; i < levels; i++) {
        skips[i] = double_conv(net, x, filters[i]);
        x = net_pool(net, skips[i]);
    }
    x = double_conv(net, x, bottom);
    for (size_t i = levels; i-- > 0;) {
        x = transposed ? net_up_transposed(net, x, net->channels[x] / 2) : net_up(net, x);
        x = double_conv(net, net_concat(net, skips[i], x), filters[i]);
    }
    x = net_conv(net, x, classes, 1, 1);
    x = net_node(net, "Softmax", &x, 1, "axis=1", classes);
    net_end(net, x, "probability");
    return net;
}

struct net *net_reference(char which)
{
    static const int64_t a[4] = {4, 8, 16, 32}, b[4] = {16, 32, 64, 128}, c[4] = {64, 128, 256, 512};
    return which == 'a'   ? net_unet(a, 4, 64, 0, 2)
           : which == 'b' ? net_unet(b, 4, 256, 0, 2)
                          : net_unet(c, 4, 1024, 1, 2);
}

const struct onnx_model *net_end(struct net *net, int output, const char *name)
{
    if (net->model.opset == 0) {
        /* The output is renamed in the node that makes it. */
        snprintf(net->names[output], 64, "%s", name);
        net->opset = (struct onnx_opset){"", OPSET};
        net->output = (struct onnx_value){.name = net->names[output], .type = ONNX_FLOAT, .rank = -1};
        net->model.ir_version = 8;
        net->model.producer = "fringe tests";
        net->model.graph_name = "net";
        net->model.opset = OPSET;
        net->model.opset_count = net->model.input_count = net->model.output_count = 1;
        net->model.opsets = &net->opset;
        net->model.inputs = &net->input;
        net->model.outputs = &net->output;
    }
    net->model.nodes = net->nodes;
    net->model.initializers = net->constants;
    return &net->model;
}
