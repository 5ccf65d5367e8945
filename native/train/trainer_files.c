/* trainer_files.c - what a trainer writes and reads: the network as ONNX, and checkpoints. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "train/network_onnx.h"
#include "train/trainer_state.h"

fringe_status trainer_export(const struct trainer *t, const char *path, fringe_error *error)
{
    const struct layer_graph *graph = &t->network.graph;
    const struct layer *last = &graph->layers[graph->count - 1];
    float *parameters = alloc_array(graph->parameter_count, sizeof *parameters);
    if (!parameters) return failure_memory(error, "a network's weights", 4 * graph->parameter_count);
    memcpy(parameters, t->mean_parameters, graph->parameter_count * sizeof *parameters);
    for (int32_t c = 0; c < last->channels; c++)
        if (t->settings.class_odds[c] > 0)
            parameters[last->bias + (size_t)c] += (float)log(t->settings.class_odds[c]);
    fringe_status status = network_onnx_write(graph, parameters, t->mean_statistics, path, error);
    alloc_free(parameters);
    return status;
}

/* ---- checkpoints ---- */

/* A checkpoint: this head, the arrays in the order of find_arrays, the caller's bytes, and a SHA-256 of all
 * that as hexadecimal text. Numbers are in this machine's order of bytes: a checkpoint is for the machine
 * that wrote it. */
struct checkpoint_head {
    char magic[8];
    uint32_t version, byte_order;
    char network[DIGEST_TEXT_BYTES + 7]; /* of the layers */
    uint64_t parameter_count, statistic_count, extra_bytes;
    int64_t steps;
};

static const char magic[8] = "FRINGEtr";
enum { VERSION = 1, BYTE_ORDER_MARK = 0x01020304, ARRAYS = 5, MOST_EXTRA_BYTES = 1 << 28 };

struct float_array {
    float *data;
    size_t count;
};

static void find_arrays(const struct trainer *t, struct float_array arrays[ARRAYS])
{
    size_t parameters = t->network.graph.parameter_count, statistics = t->network.graph.statistic_count;
    arrays[0] = (struct float_array){t->network.parameters, parameters};
    arrays[1] = (struct float_array){t->network.statistics, statistics};
    arrays[2] = (struct float_array){t->moments, 2 * parameters};
    arrays[3] = (struct float_array){t->mean_parameters, parameters};
    arrays[4] = (struct float_array){t->mean_statistics, statistics};
}

/* What tells one network from another: every number of its layers, without the structures' gaps. */
static void name_network(const struct trainer *t, char text[DIGEST_TEXT_BYTES])
{
    int32_t numbers[LAYER_GRAPH_MOST][9];
    const struct layer_graph *graph = &t->network.graph;
    for (int i = 0; i < graph->count; i++) {
        const struct layer *l = &graph->layers[i];
        const int32_t own[9] = {(int32_t)l->kind,
                                l->input_count > 0 ? l->inputs[0] : -1,
                                l->input_count > 1 ? l->inputs[1] : -1,
                                l->channels,
                                l->level,
                                l->kernel,
                                l->has_bias,
                                l->relu,
                                l->frozen};
        memcpy(numbers[i], own, sizeof own);
    }
    digest_bytes(numbers, (size_t)graph->count * sizeof *numbers, text);
}

static size_t array_bytes(const struct trainer *t)
{
    struct float_array arrays[ARRAYS];
    size_t bytes = 0;
    find_arrays(t, arrays);
    for (int i = 0; i < ARRAYS; i++) bytes += arrays[i].count * sizeof(float);
    return bytes;
}

fringe_status trainer_checkpoint(const struct trainer *t, const char *path, const void *extra,
                                 size_t extra_bytes, fringe_error *error)
{
    struct float_array arrays[ARRAYS];
    struct file_writer writer = {0};
    struct checkpoint_head head = {.version = VERSION,
                                   .byte_order = BYTE_ORDER_MARK,
                                   .parameter_count = t->network.graph.parameter_count,
                                   .statistic_count = t->network.graph.statistic_count,
                                   .extra_bytes = extra_bytes,
                                   .steps = t->steps};
    size_t bytes = sizeof head + array_bytes(t) + extra_bytes;
    unsigned char *content = alloc_array(bytes + DIGEST_TEXT_BYTES, 1), *at = content;
    if (!content) return failure_memory(error, "a checkpoint", bytes);
    memcpy(head.magic, magic, sizeof magic);
    name_network(t, head.network);
    memcpy(at, &head, sizeof head);
    at += sizeof head;
    find_arrays(t, arrays);
    for (int i = 0; i < ARRAYS; i++) {
        memcpy(at, arrays[i].data, arrays[i].count * sizeof(float));
        at += arrays[i].count * sizeof(float);
    }
    if (extra_bytes) memcpy(at, extra, extra_bytes);
    digest_bytes(content, bytes, (char *)content + bytes);
    fringe_status status = file_writer_begin(&writer, path, error);
    if (!status) status = file_writer_write(&writer, content, bytes + DIGEST_TEXT_BYTES, error);
    if (!status) status = file_writer_commit(&writer, error);
    file_writer_discard(&writer);
    alloc_free(content);
    return status;
}

/* Whether `size` bytes are a whole checkpoint of this trainer's network. */
static fringe_status check_content(const struct trainer *t, const char *path, const unsigned char *content,
                                   size_t size, struct checkpoint_head *head, fringe_error *error)
{
    char network[DIGEST_TEXT_BYTES], digest[DIGEST_TEXT_BYTES];
    size_t least = sizeof *head + DIGEST_TEXT_BYTES;
    if (size < least)
        return failure_set(error, FRINGE_FORMAT, "%s: %zu bytes, a checkpoint has %zu at least", path, size,
                           least);
    memcpy(head, content, sizeof *head);
    if (memcmp(head->magic, magic, sizeof magic) != 0)
        return failure_set(error, FRINGE_FORMAT, "%s: not a checkpoint of a training", path);
    if (head->version != VERSION || head->byte_order != BYTE_ORDER_MARK)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: a checkpoint of version %u, this is %d", path,
                           (unsigned)head->version, (int)VERSION);
    digest_bytes(content, size - DIGEST_TEXT_BYTES, digest);
    if (memcmp(digest, content + size - DIGEST_TEXT_BYTES, DIGEST_TEXT_BYTES) != 0)
        return failure_set(error, FRINGE_FORMAT, "%s: the checkpoint is damaged", path);
    name_network(t, network);
    if (memcmp(network, head->network, DIGEST_TEXT_BYTES) != 0)
        return failure_set(error, FRINGE_MISMATCH,
                           "%s: belongs to another network (%llu weights, this one has %zu)", path,
                           (unsigned long long)head->parameter_count, t->network.graph.parameter_count);
    least += array_bytes(t);
    if (size < least || head->extra_bytes != size - least)
        return failure_set(error, FRINGE_FORMAT, "%s: the checkpoint is damaged", path);
    return FRINGE_OK;
}

fringe_status trainer_restore(struct trainer *t, const char *path, unsigned char **extra, size_t *extra_bytes,
                              fringe_error *error)
{
    struct float_array arrays[ARRAYS];
    struct checkpoint_head head;
    unsigned char *content = NULL;
    size_t size = 0, limit = sizeof head + array_bytes(t) + MOST_EXTRA_BYTES + DIGEST_TEXT_BYTES;
    *extra = NULL;
    *extra_bytes = 0;
    fringe_status status = file_read_all(path, limit, &content, &size, error);
    if (!status) status = check_content(t, path, content, size, &head, error);
    if (!status) {
        *extra = alloc_array((size_t)head.extra_bytes + 1, 1);
        if (!*extra) status = failure_memory(error, "a checkpoint", head.extra_bytes);
    }
    if (!status) {
        const unsigned char *at = content + sizeof head;
        find_arrays(t, arrays);
        for (int i = 0; i < ARRAYS; i++) {
            memcpy(arrays[i].data, at, arrays[i].count * sizeof(float));
            at += arrays[i].count * sizeof(float);
        }
        memcpy(*extra, at, (size_t)head.extra_bytes);
        *extra_bytes = (size_t)head.extra_bytes;
        t->steps = head.steps;
    }
    alloc_free(content);
    return status;
}
