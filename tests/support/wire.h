/* wire.h - protobuf written by hand: files that no sound writer makes.
 *
 * Field numbers are those of onnx.proto. Lack of memory ends the program: this is test code.
 */
#ifndef SUPPORT_WIRE_H
#define SUPPORT_WIRE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct wire {
    unsigned char *bytes;
    size_t size, room;
};

static inline void wire_put(struct wire *wire, const void *bytes, size_t size)
{
    if (wire->size + size > wire->room) {
        wire->room = 2 * (wire->size + size) + 64;
        wire->bytes = realloc(wire->bytes, wire->room);
        if (!wire->bytes) abort();
    }
    if (size > 0) memcpy(wire->bytes + wire->size, bytes, size);
    wire->size += size;
}

static inline void wire_varint(struct wire *wire, uint64_t value)
{
    do {
        unsigned char byte = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        wire_put(wire, &byte, 1);
        value >>= 7;
    } while (value > 0);
}

static inline void wire_number(struct wire *wire, int field, int64_t value)
{
    wire_varint(wire, (uint64_t)field << 3);
    wire_varint(wire, (uint64_t)value);
}

static inline void wire_bytes(struct wire *wire, int field, const void *bytes, size_t size)
{
    wire_varint(wire, (uint64_t)field << 3 | 2);
    wire_varint(wire, size);
    wire_put(wire, bytes, size);
}

static inline void wire_text(struct wire *wire, int field, const char *text)
{
    wire_bytes(wire, field, text, strlen(text));
}

/* Puts a message and empties it. */
static inline void wire_message(struct wire *wire, int field, struct wire *inner)
{
    wire_bytes(wire, field, inner->bytes, inner->size);
    free(inner->bytes);
    *inner = (struct wire){0};
}

/* A tensor without values: they are put behind it. */
static inline struct wire wire_tensor(const char *name, int type, int rank, const int64_t *dims)
{
    struct wire tensor = {0};
    for (int i = 0; i < rank; i++) wire_number(&tensor, 1, dims[i]);
    wire_number(&tensor, 2, type);
    wire_text(&tensor, 8, name);
    return tensor;
}

/* An input or output of floats; a dimension of -1 is free. */
static inline struct wire wire_value(const char *name, int rank, const int64_t *dims)
{
    struct wire value = {0}, type = {0}, tensor = {0}, shape = {0}, dim = {0};
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0)
            wire_text(&dim, 2, "n");
        else
            wire_number(&dim, 1, dims[i]);
        wire_message(&shape, 1, &dim);
    }
    wire_number(&tensor, 1, 1);
    wire_message(&tensor, 2, &shape);
    wire_message(&type, 1, &tensor);
    wire_text(&value, 1, name);
    wire_message(&value, 2, &type);
    return value;
}

/* A node of one input and one output without attributes. */
static inline struct wire wire_node(const char *operator, const char * input, const char *output)
{
    struct wire node = {0};
    wire_text(&node, 1, input);
    wire_text(&node, 2, output);
    wire_text(&node, 4, operator);
    return node;
}

/* The whole model around a graph, which is emptied. */
static inline struct wire wire_model(struct wire *graph, int64_t opset)
{
    struct wire model = {0}, import = {0};
    wire_number(&model, 1, 8);
    wire_message(&model, 7, graph);
    wire_number(&import, 2, opset);
    wire_message(&model, 8, &import);
    return model;
}

/* A model of one operator, "x" to "y", both of the same shape; a dimension of -1 is free. */
static inline struct wire wire_one_node(const char *operator, int rank, const int64_t *dims)
{
    struct wire graph = {0}, part = wire_value("x", rank, dims);
    wire_message(&graph, 11, &part);
    part = wire_value("y", rank, dims);
    wire_message(&graph, 12, &part);
    part = wire_node(operator, "x", "y");
    wire_message(&graph, 1, &part);
    return wire_model(&graph, 13);
}

#endif
