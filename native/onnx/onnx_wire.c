#include "onnx/onnx_wire.h"

#include <stdint.h>

#include "base/alloc.h"
#include "base/failure.h"

/* What an allocation costs beside its bytes: our own header and what malloc adds. */
enum { BLOCK_HEADER_BYTES = 16, BLOCK_COST_BYTES = 2 * BLOCK_HEADER_BYTES };

/* Weights take their own size; nodes of real graphs about 5 times theirs, trees of forests 4 to 6 times. */
enum { LIMIT_FACTOR = 8 };
static const size_t LIMIT_FLOOR = (size_t)64 << 20; /* enough for 100,000 nodes, whatever the file's size */
static const size_t LIMIT_EXCESS = (size_t)2 << 30; /* most beside the file's own size */

size_t onnx_wire_limit(size_t size)
{
    size_t excess = size < LIMIT_EXCESS / LIMIT_FACTOR ? (LIMIT_FACTOR - 1) * size : LIMIT_EXCESS;
    return size + excess + LIMIT_FLOOR;
}

/* The size stands in front of a block, so that freeing gives it back to the budget: protobuf-c's own slabs
 * come and go, and must not count twice. */
static void *budget_alloc(void *context, size_t size)
{
    struct onnx_budget *budget = context;
    size_t left = budget->limit_bytes - budget->taken_bytes;
    if (size > left || left - size < BLOCK_COST_BYTES) {
        budget->exhausted = 1;
        return NULL;
    }
    unsigned char *block = alloc_array(BLOCK_HEADER_BYTES + size + 1, 1);
    if (!block) {
        budget->starved = 1;
        return NULL;
    }
    budget->taken_bytes += size + BLOCK_COST_BYTES;
    *(size_t *)block = size;
    return block + BLOCK_HEADER_BYTES;
}

static void budget_free(void *context, void *bytes)
{
    struct onnx_budget *budget = context;
    if (!bytes) return;
    unsigned char *block = (unsigned char *)bytes - BLOCK_HEADER_BYTES;
    budget->taken_bytes -= *(size_t *)block + BLOCK_COST_BYTES;
    alloc_free(block);
}

/* Reads a base-128 number; the position behind it, 0 where there is none. */
static size_t read_varint(const unsigned char *bytes, size_t at, size_t size, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
        if (at >= size) return 0;
        if (shift < 64) *value |= (uint64_t)(bytes[at] & 0x7f) << shift;
        if (!(bytes[at++] & 0x80)) return at;
    }
    return 0;
}

/* Walks over the outermost fields, for a message with numbers: protobuf-c itself only says that it failed. */
static fringe_status check_frame(const unsigned char *bytes, size_t size, const char *name,
                                 fringe_error *error)
{
    size_t at = 0;
    while (at < size) {
        size_t start = at;
        uint64_t tag, length = 0;
        at = read_varint(bytes, at, size, &tag);
        if (!at) goto cut;
        switch (tag & 7) {
        case 0:
            at = read_varint(bytes, at, size, &length), length = 0;
            break;
        case 1:
            length = 8;
            break;
        case 2:
            at = read_varint(bytes, at, size, &length);
            break;
        case 5:
            length = 4;
            break;
        default:
            return failure_set(error, FRINGE_FORMAT,
                               "%s: not an ONNX file: field at byte %zu has the unknown wire type %d", name,
                               start, (int)(tag & 7));
        }
        if (!at) goto cut;
        if (length > size - at)
            return failure_set(error, FRINGE_FORMAT,
                               "%s: cut short: field %llu at byte %zu claims %llu bytes, %zu are left", name,
                               (unsigned long long)(tag >> 3), start, (unsigned long long)length, size - at);
        at += length;
    }
    return FRINGE_OK;
cut:
    return failure_set(error, FRINGE_FORMAT, "%s: damaged: a number runs over its end or over 10 bytes (%zu)",
                       name, size);
}

fringe_status onnx_wire_unpack(const ProtobufCMessageDescriptor *kind, const void *bytes, size_t size,
                               const char *name, struct onnx_budget *budget, ProtobufCMessage **message,
                               fringe_error *error)
{
    *message = NULL;
    *budget = (struct onnx_budget){.allocator = {budget_alloc, budget_free, budget},
                                   .limit_bytes = onnx_wire_limit(size)};
    fringe_status status = check_frame(bytes, size, name, error);
    if (status) return status;
    *message = protobuf_c_message_unpack(kind, &budget->allocator, size, bytes);
    if (*message) return FRINGE_OK;
    if (budget->exhausted)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: its %zu bytes would unfold to more than %zu bytes of memory", name, size,
                           budget->limit_bytes);
    if (budget->starved) return failure_memory(error, name, size);
    return failure_set(error, FRINGE_FORMAT,
                       "%s: damaged: a field inside its %zu bytes is cut short or of the wrong type", name,
                       size);
}

void onnx_wire_free(ProtobufCMessage *message, struct onnx_budget *budget)
{
    if (message) protobuf_c_message_free_unpacked(message, &budget->allocator);
}
