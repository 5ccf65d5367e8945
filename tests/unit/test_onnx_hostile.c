/* Hostile ONNX files: a clear refusal, in little memory and time. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "onnx/onnx_model.h"
#include "support/nets.h"
#include "support/wire.h"

static void refuse_bytes(const void *bytes, size_t size, const char *words)
{
    struct onnx_model *model;
    fringe_error error;
    cr_assert_eq(onnx_model_parse(bytes, size, "t.onnx", &model, &error), FRINGE_FORMAT, "%s", words);
    cr_assert_null(model);
    cr_assert_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
    cr_assert_not_null(strstr(error.message, "t.onnx: "), "%s", error.message);
}

/* Refuses a graph, which is emptied. */
static void refuse(struct wire *graph, const char *words)
{
    struct wire model = wire_model(graph, 13);
    refuse_bytes(model.bytes, model.size, words);
    free(model.bytes);
}

static void refuse_tensor(struct wire *tensor, const char *words)
{
    struct wire graph = {0};
    wire_message(&graph, 5, tensor);
    refuse(&graph, words);
}

Test(onnx_hostile, what_is_no_model)
{
    refuse_bytes("", 0, "holds no graph");
    refuse_bytes("\x89PNG\r\n\x1a\n", 8, "claims 8 bytes, 6 are left");
    refuse_bytes("hello world", 11, "unknown wire type 4");
    refuse_bytes("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12, "number");
    refuse_bytes("\x3a\x05\x0a", 3, "claims 5 bytes, 1 are left");
    struct wire graph = {0}, model = wire_model(&graph, 13), again = {0};
    wire_put(&model, model.bytes, 0);
    wire_message(&model, 7, &again);
    refuse_bytes(model.bytes, model.size, "graph: stands 2 times");
    model.size = 0;
    wire_number(&model, 1, 8);
    wire_message(&model, 7, &again);
    refuse_bytes(model.bytes, model.size, "no opset");
    free(model.bytes);
}

Test(onnx_hostile, tensors_whose_shape_and_bytes_disagree)
{
    struct wire tensor = wire_tensor("w", ONNX_FLOAT, 2, (int64_t[]){3, 4});
    wire_bytes(&tensor, 9, "0123456789", 10);
    refuse_tensor(&tensor, "tensor 'w': its shape takes 48 bytes, its raw_data holds 10");
    tensor = wire_tensor("w", ONNX_INT64, 1, (int64_t[]){1LL << 40});
    refuse_tensor(&tensor, "its shape takes 1099511627776 values, its int64_data holds 0");
    tensor = wire_tensor("w", ONNX_FLOAT, 2, (int64_t[]){2, -5});
    refuse_tensor(&tensor, "dimension 1 is -5");
    tensor = wire_tensor("w", ONNX_FLOAT, 2, (int64_t[]){1LL << 33, 1LL << 33});
    refuse_tensor(&tensor, "dimension 1 of 8589934592");
    tensor = wire_tensor("w", ONNX_UINT8, 1, (int64_t[]){1});
    wire_number(&tensor, 5, 256);
    refuse_tensor(&tensor, "value 0 is 256");
}

Test(onnx_hostile, texts_that_are_none)
{
    struct wire graph = {0}, node = {0};
    wire_bytes(&node, 4, "Re\0lu", 5);
    wire_message(&graph, 1, &node);
    refuse(&graph, "NUL at byte 2 of 5");
    wire_bytes(&node, 4, "Relu\xff", 5);
    wire_message(&graph, 1, &node);
    refuse(&graph, "not UTF-8 at byte 4 of 5");
}

Test(onnx_hostile, opsets_that_contradict)
{
    struct wire graph = {0}, model = wire_model(&graph, 13), import = {0};
    wire_number(&import, 2, 14);
    wire_message(&model, 8, &import);
    refuse_bytes(model.bytes, model.size, "opset 13 and opset 14");
    free(model.bytes);
}

Test(onnx_hostile, cut_at_every_byte)
{
    char path[] = "/tmp/fringe-onnx-XXXXXX";
    close(mkstemp(path));
    struct net *net = net_begin("image", 1);
    int x = net_conv(net, net_input(net), 4, 3, 1);
    cr_assert_eq(onnx_model_write(path, net_end(net, net_up(net, x), "output"), NULL), FRINGE_OK);
    net_free(net);
    FILE *stream = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 16);
    size_t size = fread(bytes, 1, 1 << 16, stream);
    fclose(stream);
    unlink(path);
    cr_assert_gt(size, 300);
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *exact = malloc(cut + 1); /* the sanitizer sees the first byte behind */
        memcpy(exact, bytes, cut);
        struct onnx_model *model;
        fringe_error error;
        fringe_status status = onnx_model_parse(exact, cut, "t.onnx", &model, &error);
        cr_assert_eq(status, FRINGE_FORMAT, "%zu of %zu bytes gave status %d", cut, size, status);
        free(exact);
    }
    free(bytes);
}

/* Puts `count` copies of the bytes. */
static void put_many(struct wire *wire, size_t count, const void *bytes, size_t size)
{
    for (size_t i = 0; i < count; i++) wire_put(wire, bytes, size);
}

static long peak_kilobytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* 20 MB that would unfold to a gigabyte. The tests of this suite run in processes of their own. */
Test(onnx_hostile, many_empty_nodes_take_little_memory, .timeout = 60)
{
    struct wire graph = {0};
    put_many(&graph, 10000000, "\x0a\x00", 2);
    struct wire model = wire_model(&graph, 13);
    long before = peak_kilobytes();
    refuse_bytes(model.bytes, model.size, "20000011 bytes would unfold to more than");
    cr_assert_lt(peak_kilobytes() - before, 600 << 10, "took %ld kB", peak_kilobytes() - before);
    free(model.bytes);
}

Test(onnx_hostile, many_of_anything_takes_little_time, .timeout = 60)
{
    static const struct {
        const char *bytes;
        size_t size;
    } parts[] = {
        {"\x2a\x00", 2},                         /* initializers */
        {"\x5a\x02\x12\x00", 4},                 /* inputs */
        {"\x0a\x04\x2a\x02\x2a\x00", 6},         /* nodes with an attribute with a tensor */
        {"\x0a\x02\x0a\x00", 4},                 /* nodes with an input */
        {"\x0a\x06\x2a\x04\x32\x02\x0a\x00", 8}, /* nodes with a graph */
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct wire graph = {0};
        struct onnx_model *read;
        put_many(&graph, 8000000 / parts[i].size, parts[i].bytes, parts[i].size);
        struct wire model = wire_model(&graph, 13);
        double before = clock_ms();
        if (!onnx_model_parse(model.bytes, model.size, "t.onnx", &read, NULL)) onnx_model_free(read);
        cr_assert_lt(clock_ms() - before, 10000, "part %zu took %g ms", i, clock_ms() - before);
        free(model.bytes);
    }
    /* Many graphs, each with a node: protobuf would merge them one by one. */
    struct wire model = {0};
    put_many(&model, 2000000, "\x3a\x02\x0a\x00", 4);
    double before = clock_ms();
    struct onnx_model *read;
    cr_assert_eq(onnx_model_parse(model.bytes, model.size, "t.onnx", &read, NULL), FRINGE_FORMAT);
    cr_assert_lt(clock_ms() - before, 10000, "took %g ms", clock_ms() - before);
    free(model.bytes);
}

Test(onnx_hostile, deep_nesting_does_not_reach_the_stack)
{
    struct wire inner = {0};
    for (int depth = 0; depth < 10000; depth++) {
        struct wire attribute = {0}, node = {0}, graph = {0};
        wire_text(&attribute, 1, "body");
        wire_message(&attribute, 6, &inner);
        wire_number(&attribute, 20, 5);
        wire_message(&node, 5, &attribute);
        wire_message(&graph, 1, &node);
        inner = graph;
    }
    struct wire model = wire_model(&inner, 13);
    struct onnx_model *read;
    fringe_error error;
    struct rlimit small = {256 << 10, 256 << 10};
    setrlimit(RLIMIT_STACK, &small);
    fringe_status status = onnx_model_parse(model.bytes, model.size, "t.onnx", &read, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_eq(read->nodes[0].attributes[0].kind, ONNX_ATTR_OTHER);
    onnx_model_free(read);
    free(model.bytes);
}
