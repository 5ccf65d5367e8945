/* What onnx_model_parse and onnx_tensor_read make of sound files, and that onnx_model_write is their inverse.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "onnx/onnx_model.h"
#include "support/nets.h"
#include "support/wire.h"

static struct onnx_model *parse(struct wire *wire)
{
    struct onnx_model *model;
    fringe_error error;
    fringe_status status = onnx_model_parse(wire->bytes, wire->size, "t.onnx", &model, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    free(wire->bytes); /* not needed afterwards */
    *wire = (struct wire){0};
    return model;
}

/* A model whose one initializer is given. */
static struct onnx_model *parse_tensor(struct wire *tensor)
{
    struct wire graph = {0};
    wire_message(&graph, 5, tensor);
    struct wire model = wire_model(&graph, 13);
    return parse(&model);
}

Test(onnx_read, values_stand_in_any_of_the_fields)
{
    const float floats[] = {1.5f, -2};
    const double doubles[] = {0.1, 1e300};
    struct wire tensor = wire_tensor("w", ONNX_FLOAT, 2, (int64_t[]){1, 2});
    wire_bytes(&tensor, 4, floats, sizeof floats); /* float_data */
    struct onnx_model *model = parse_tensor(&tensor);
    const struct onnx_tensor *w = model->initializers;
    cr_assert_str_eq(w->name, "w");
    cr_assert_eq(w->rank, 2);
    cr_assert_eq(w->dims[1], 2);
    cr_assert_eq(w->size, sizeof floats);
    cr_assert_eq((uintptr_t)w->bytes % 8, 0);
    cr_assert_eq(memcmp(w->bytes, floats, sizeof floats), 0);
    onnx_model_free(model);

    tensor = wire_tensor("w", ONNX_FLOAT, 1, (int64_t[]){2});
    wire_bytes(&tensor, 9, floats, sizeof floats); /* raw_data */
    model = parse_tensor(&tensor);
    cr_assert_eq(memcmp(model->initializers->bytes, floats, sizeof floats), 0);
    onnx_model_free(model);

    tensor = wire_tensor("w", ONNX_DOUBLE, 1, (int64_t[]){2});
    wire_bytes(&tensor, 10, doubles, sizeof doubles);
    model = parse_tensor(&tensor);
    cr_assert_eq(memcmp(model->initializers->bytes, doubles, sizeof doubles), 0);
    onnx_model_free(model);

    tensor = wire_tensor("w", ONNX_INT64, 1, (int64_t[]){2});
    wire_number(&tensor, 7, -3); /* not packed, as old writers do */
    wire_number(&tensor, 7, 1LL << 40);
    model = parse_tensor(&tensor);
    cr_assert_eq(memcmp(model->initializers->bytes, (int64_t[]){-3, 1LL << 40}, 16), 0);
    onnx_model_free(model);
}

Test(onnx_read, narrow_types_stand_in_int32_data)
{
    const struct {
        int type;
        int64_t values[2];
        unsigned char bytes[8];
        size_t size;
    } cases[] = {
        {ONNX_BOOL, {1, 0}, {1, 0}, 2},
        {ONNX_UINT8, {255, 7}, {255, 7}, 2},
        {ONNX_INT8, {-1, 7}, {255, 7}, 2},
        {ONNX_INT16, {-2, 258}, {254, 255, 2, 1}, 4},
        {ONNX_FLOAT16, {0x3c00, 0xc000}, {0, 0x3c, 0, 0xc0}, 4},
        {ONNX_INT32, {-1, 1}, {255, 255, 255, 255, 1, 0, 0, 0}, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wire tensor = wire_tensor("w", cases[i].type, 1, (int64_t[]){2}), packed = {0};
        wire_varint(&packed, (uint64_t)cases[i].values[0]);
        wire_varint(&packed, (uint64_t)cases[i].values[1]);
        wire_message(&tensor, 5, &packed);
        struct onnx_model *model = parse_tensor(&tensor);
        cr_assert_eq(model->initializers->size, cases[i].size, "type %d", cases[i].type);
        cr_assert_eq(memcmp(model->initializers->bytes, cases[i].bytes, cases[i].size), 0, "type %d",
                     cases[i].type);
        onnx_model_free(model);
    }
}

Test(onnx_read, odd_tensors)
{
    struct wire tensor = wire_tensor("empty", ONNX_FLOAT, 2, (int64_t[]){0, 7});
    struct onnx_model *model = parse_tensor(&tensor);
    cr_assert_eq(model->initializers->size, 0);
    cr_assert_not_null(model->initializers->bytes);
    onnx_model_free(model);

    tensor = wire_tensor("scalar", ONNX_FLOAT, 0, NULL);
    wire_bytes(&tensor, 9, (float[]){4}, 4);
    model = parse_tensor(&tensor);
    cr_assert_eq(model->initializers->rank, 0);
    cr_assert_eq(*(const float *)model->initializers->bytes, 4);
    onnx_model_free(model);

    tensor = wire_tensor("texts", ONNX_STRING, 1, (int64_t[]){1});
    wire_text(&tensor, 6, "a text");
    model = parse_tensor(&tensor);
    cr_assert_null(model->initializers->bytes);
    onnx_model_free(model);

    tensor = wire_tensor("flags", ONNX_BOOL, 1, (int64_t[]){3});
    wire_bytes(&tensor, 9, "\x00\x02\xff", 3); /* any byte but 0 and 1 would be no bool */
    model = parse_tensor(&tensor);
    cr_assert_eq(memcmp(model->initializers->bytes, "\x00\x01\x01", 3), 0);
    onnx_model_free(model);
}

Test(onnx_read, weights_are_no_inputs_and_both_names_of_the_domain_are_one)
{
    struct wire graph = {0}, part = wire_value("w", 1, (int64_t[]){1});
    wire_message(&graph, 11, &part);
    part = wire_value("x", 4, (int64_t[]){1, 1, -1, 8});
    wire_message(&graph, 11, &part);
    part = wire_node("Relu", "x", "y");
    wire_text(&part, 7, "ai.onnx");
    wire_message(&graph, 1, &part);
    part = wire_tensor("w", ONNX_FLOAT, 1, (int64_t[]){1});
    wire_bytes(&part, 9, "\0\0\0\0", 4);
    wire_message(&graph, 5, &part);
    struct wire wire = wire_model(&graph, 17);
    struct onnx_model *model = parse(&wire);
    cr_assert_eq(model->opset, 17);
    cr_assert_eq(model->input_count, 1);
    cr_assert_str_eq(model->inputs[0].name, "x");
    cr_assert_eq(model->inputs[0].dims[2], -1);
    cr_assert_str_eq(model->inputs[0].symbols[2], "n");
    cr_assert_eq(model->inputs[0].dims[3], 8);
    cr_assert_str_eq(model->nodes[0].domain, "");
    onnx_model_free(model);
}

/* Everything that the structures hold, as one text. */
static void describe(const struct onnx_model *model, FILE *to)
{
    fprintf(to, "%lld %s %s\n", (long long)model->opset, model->producer, model->graph_name);
    for (size_t i = 0; i < model->node_count; i++) {
        const struct onnx_node *node = &model->nodes[i];
        fprintf(to, "%s %s %s:", node->name, node->op_type, node->domain);
        for (size_t k = 0; k < node->input_count; k++) fprintf(to, " %s", node->inputs[k]);
        for (size_t k = 0; k < node->output_count; k++) fprintf(to, " -> %s", node->outputs[k]);
        for (size_t k = 0; k < node->attribute_count; k++) {
            const struct onnx_attribute *a = &node->attributes[k];
            fprintf(to, " %s %d %zu", a->name, (int)a->kind, a->count);
            if (a->kind == ONNX_ATTR_FLOAT) fprintf(to, " %a", a->f);
            if (a->kind == ONNX_ATTR_INT) fprintf(to, " %lld", (long long)a->i);
            if (a->kind == ONNX_ATTR_STRING) fprintf(to, " %s", a->s);
            for (size_t n = 0; n < a->count; n++) {
                if (a->kind == ONNX_ATTR_INTS) fprintf(to, " %lld", (long long)a->ints[n]);
                if (a->kind == ONNX_ATTR_FLOATS) fprintf(to, " %a", a->floats[n]);
                if (a->kind == ONNX_ATTR_STRINGS) fprintf(to, " %s", a->strings[n]);
            }
            if (a->t) fprintf(to, " tensor %zu", a->t->size);
        }
        fprintf(to, "\n");
    }
    for (size_t i = 0; i < model->initializer_count; i++) {
        const struct onnx_tensor *t = &model->initializers[i];
        fprintf(to, "%s %d %d", t->name, t->type, t->rank);
        for (int k = 0; k < t->rank; k++) fprintf(to, " %lld", (long long)t->dims[k]);
        for (size_t k = 0; k < t->size; k++) fprintf(to, " %02x", ((const unsigned char *)t->bytes)[k]);
        fprintf(to, "\n");
    }
    for (size_t i = 0; i < model->input_count + model->output_count; i++) {
        const struct onnx_value *v =
            i < model->input_count ? &model->inputs[i] : &model->outputs[i - model->input_count];
        fprintf(to, "%s %d %d", v->name, v->type, v->rank);
        for (int k = 0; k < v->rank; k++) fprintf(to, " %lld/%s", (long long)v->dims[k], v->symbols[k]);
        fprintf(to, "\n");
    }
}

static char *text_of(const struct onnx_model *model)
{
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    describe(model, to);
    fclose(to);
    return text;
}

Test(onnx_read, what_is_written_is_read_back)
{
    char path[] = "/tmp/fringe-onnx-XXXXXX";
    close(mkstemp(path));
    struct net *net = net_begin("image", 1);
    int x = net_conv(net, net_input(net), 3, 3, 1);
    x = net_norm(net, x);
    x = net_node(net, "LeakyRelu", &x, 1, "alpha=0.25", 3);
    x = net_up(net, x);
    const struct onnx_model *made = net_end(net, x, "output");
    struct onnx_model *read;
    fringe_error error;
    fringe_status status = onnx_model_write(path, made, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    status = onnx_model_read(path, &read, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    char *before = text_of(made), *after = text_of(read);
    cr_assert_gt(strlen(before), 500);
    cr_assert_str_eq(before, after);
    free(before);
    free(after);
    onnx_model_free(read);
    net_free(net);
    unlink(path);
}

Test(onnx_read, every_kind_of_attribute)
{
    struct wire node = wire_node("Any", "x", "y"), a = {0},
                t = wire_tensor("", ONNX_INT64, 1, (int64_t[]){1});
    wire_text(&a, 1, "f"), wire_varint(&a, 2 << 3 | 5), wire_put(&a, (float[]){0.5f}, 4),
        wire_number(&a, 20, 1);
    wire_message(&node, 5, &a);
    wire_text(&a, 1, "i"), wire_number(&a, 3, -9), wire_number(&a, 20, 2);
    wire_message(&node, 5, &a);
    wire_text(&a, 1, "s"), wire_text(&a, 4, "reflect"), wire_number(&a, 20, 3);
    wire_message(&node, 5, &a);
    wire_number(&t, 7, 12);
    wire_text(&a, 1, "t"), wire_message(&a, 5, &t), wire_number(&a, 20, 4);
    wire_message(&node, 5, &a);
    wire_text(&a, 1, "strings"), wire_text(&a, 9, "p"), wire_text(&a, 9, ""), wire_number(&a, 20, 8);
    wire_message(&node, 5, &a);
    wire_text(&a, 1, "graph"), wire_text(&a, 6, ""), wire_number(&a, 20, 5);
    wire_message(&node, 5, &a);
    wire_text(&a, 1, "untyped"), wire_number(&a, 8, 3), wire_number(&a, 8, 4); /* as the first ONNX wrote */
    wire_message(&node, 5, &a);
    struct wire graph = {0};
    wire_message(&graph, 1, &node);
    struct wire wire = wire_model(&graph, 13);
    struct onnx_model *model = parse(&wire);
    const struct onnx_node *read = model->nodes;
    cr_assert_eq(read->attribute_count, 7);
    cr_assert_eq(onnx_node_attribute(read, "f")->f, 0.5f);
    cr_assert_eq(onnx_node_attribute(read, "i")->i, -9);
    cr_assert_str_eq(onnx_node_attribute(read, "s")->s, "reflect");
    cr_assert_eq(*(const int64_t *)onnx_node_attribute(read, "t")->t->bytes, 12);
    cr_assert_eq(onnx_node_attribute(read, "strings")->count, 2);
    cr_assert_str_eq(onnx_node_attribute(read, "strings")->strings[0], "p");
    cr_assert_str_eq(onnx_node_attribute(read, "strings")->strings[1], "");
    cr_assert_eq(onnx_node_attribute(read, "graph")->kind, ONNX_ATTR_OTHER);
    cr_assert_eq(onnx_node_attribute(read, "untyped")->kind, ONNX_ATTR_INTS);
    cr_assert_eq(onnx_node_attribute(read, "untyped")->ints[1], 4);
    cr_assert_null(onnx_node_attribute(read, "none"));
    fringe_error error;
    cr_assert_eq(onnx_model_write("/tmp/fringe-never", model, &error), FRINGE_UNSUPPORTED);
    cr_assert_not_null(strstr(error.message, "'graph'"), "%s", error.message);
    onnx_model_free(model);
}

Test(onnx_read, every_failing_allocation_is_told)
{
    struct net *net = net_begin("image", 1);
    const struct onnx_model *made = net_end(net, net_conv(net, net_input(net), 2, 3, 1), "output");
    char path[] = "/tmp/fringe-onnx-XXXXXX";
    close(mkstemp(path));
    int succeeded = 0;
    for (long allowed = 0; allowed < 2000 && !succeeded; allowed++) {
        struct onnx_model *model = NULL;
        fringe_error error;
        alloc_fail_after(allowed);
        fringe_status status = onnx_model_write(path, made, &error);
        if (!status) status = onnx_model_read(path, &model, &error);
        alloc_fail_after(-1);
        if (status)
            cr_assert_eq(status, FRINGE_MEMORY, "%ld: %s", allowed, error.message);
        else
            succeeded = 1;
        onnx_model_free(model);
    }
    cr_assert(succeeded);
    net_free(net);
    unlink(path);
}
