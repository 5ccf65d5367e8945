/* onnx_build.h - from protobuf's structures to ours, within the room. */
#ifndef ONNX_ONNX_BUILD_H
#define ONNX_ONNX_BUILD_H

#include "base/arena.h"
#include "onnx/onnx_model.h"
#include "onnx/onnx_wire.h"

/* A tensor whose data lie in a file of their own: where, and whose they are. */
struct onnx_external {
    struct onnx_tensor *tensor;
    const char *location; /* relative, without dots: checked */
    int64_t offset, length;
};

/* One reading of one file. */
struct onnx_build {
    const char *name;   /* for messages */
    const char *folder; /* resolved; where external data may lie. NULL: they are refused */
    struct arena *arena;
    struct arena *data; /* of external tensors */
    struct onnx_external *externals;
    size_t external_count, external_capacity;
};

/* Hands out a text of the message as it lies there; `what` names it in messages. "" where it is absent.
 * FRINGE_FORMAT where it holds a NUL or is not UTF-8. */
fringe_status onnx_build_text(const struct onnx_build *build, const ProtobufCBinaryData *wire,
                              const char *what, const char **text, fringe_error *error);

/* FRINGE_MEMORY, or FRINGE_FORMAT where the arena's limit was reached. */
fringe_status onnx_build_starved(const struct onnx_build *build, fringe_error *error);

/* Fills *tensor, whose bytes stay in the message where they can. External ones are noted in the build. */
fringe_status onnx_build_tensor(struct onnx_build *build, const OnnxWire__Tensor *wire,
                                struct onnx_tensor *tensor, fringe_error *error);

/* Reads what onnx_build_tensor has noted. *files are the names of the files, each once, in byte order. */
fringe_status onnx_build_externals(struct onnx_build *build, const char *const **files, size_t *file_count,
                                   fringe_error *error);

/* The bytes of one value; 0 for types that nobody here computes with. */
size_t onnx_build_type_bytes(int32_t type);

#endif
