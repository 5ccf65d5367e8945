/* onnx_wire.h - protobuf with a budget.
 *
 * protobuf turns a few bytes into a structure of hundreds: 20 MB of empty nodes would take 1 GB. So all that
 * it takes comes from a budget that grows with the file. Every block is zeroed and one byte longer than
 * asked, which ends each `bytes` field with a NUL: texts can be handed out as they lie.
 */
#ifndef ONNX_ONNX_WIRE_H
#define ONNX_ONNX_WIRE_H

#include <stddef.h>

#include "fringe/status.h"
#include "onnx.pb-c.h"

struct onnx_budget {
    ProtobufCAllocator allocator;
    size_t limit_bytes, taken_bytes;
    int exhausted; /* 1 where the limit was reached */
    int starved;   /* 1 where memory itself was short */
};

/* Unpacks a message of the given kind. `name` stands in messages. The caller keeps *budget for as long as
 * *message lives and gives that to onnx_wire_free. FRINGE_FORMAT, FRINGE_MEMORY. */
fringe_status onnx_wire_unpack(const ProtobufCMessageDescriptor *kind, const void *bytes, size_t size,
                               const char *name, struct onnx_budget *budget, ProtobufCMessage **message,
                               fringe_error *error);

/* NULL is accepted. */
void onnx_wire_free(ProtobufCMessage *message, struct onnx_budget *budget);

/* The bytes of memory that structures read from a file of `size` bytes may take. */
size_t onnx_wire_limit(size_t size);

#endif
