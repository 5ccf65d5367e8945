#include "io/npy_read.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"

#define MAGIC "\x93NUMPY"

/* What the header's dictionary says. */
struct npy_header {
    char kind; /* b, i, u, f */
    int big_endian, fortran;
    size_t item_bytes;
};

static fringe_status damaged(const char *name, const char *what, fringe_error *error)
{
    return failure_set(error, FRINGE_FORMAT, "%s: npy: %s", name, what);
}

/* The text behind "'key':" and blanks; NULL where the dictionary has none. */
static const char *find_value(const char *header, const char *end, const char *key)
{
    size_t length = strlen(key);
    for (const char *at = header; (size_t)(end - at) > length; at++) {
        if (memcmp(at, key, length) != 0) continue;
        for (at += length; at < end && (*at == ' ' || *at == ':'); at++) {}
        return at < end ? at : NULL;
    }
    return NULL;
}

/* Reads '<f4' and its like: byte order, kind, bytes. The byte order of single bytes is '|', that of the
 * writing machine '=', which is little-endian wherever numpy runs today. */
static fringe_status parse_type(const char *at, const char *end, const char *name, struct npy_header *header,
                                struct npy_read_array *array, fringe_error *error)
{
    static const char *const read[] = {"b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"};
    const char quote = at ? *at : 0;
    const char *stop = quote == '\'' || quote == '"' ? memchr(at + 1, quote, (size_t)(end - at - 1)) : NULL;
    if (!stop) return damaged(name, "its header does not say a plain type ('descr')", error);
    size_t length = (size_t)(stop - at - 1);
    if (length >= sizeof array->type)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: npy: type %.*s is not read", name, (int)length,
                           at + 1);
    memcpy(array->type, at + 1, length);
    array->type[length] = 0;
    const char *plain = array->type + (length > 0 && strchr("<>|=", array->type[0]) != NULL);
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        if (strcmp(plain, read[i]) != 0) continue;
        header->kind = plain[0];
        header->item_bytes = (size_t)(plain[1] - '0');
        header->big_endian = array->type[0] == '>';
        return FRINGE_OK;
    }
    return failure_set(error, FRINGE_UNSUPPORTED, "%s: npy: type %s is not read", name, array->type);
}

/* Reads "(1, 1, 256, 256)", "(3,)" or "()" and multiplies it out with a check. */
static fringe_status parse_shape(const char *at, const char *end, const char *name,
                                 struct npy_read_array *array, fringe_error *error)
{
    if (!at || *at != '(') return damaged(name, "its header does not say a shape", error);
    array->count = 1;
    for (at++;;) {
        while (at < end && (*at == ' ' || *at == ',')) at++;
        if (at == end) return damaged(name, "the shape in its header has no end", error);
        if (*at == ')') return FRINGE_OK;
        double size;
        const char *behind = number_parse(at, end, &size);
        /* 2^40 values are more than any file that is read here can hold. */
        if (!behind || !(size >= 0 && size <= 1099511627776.0) || size != (double)(int64_t)size)
            return damaged(name, "a size in its shape is no number of values", error);
        if (array->rank == NPY_READ_MOST_DIMS)
            return failure_set(error, FRINGE_UNSUPPORTED,
                               "%s: npy: more than the %d dimensions that are read", name,
                               NPY_READ_MOST_DIMS);
        array->dims[array->rank++] = (int64_t)size;
        if (size > 0 && array->count > INT64_MAX / (int64_t)size)
            return damaged(name, "its shape is too large", error);
        array->count *= (int64_t)size;
        at = behind;
    }
}

/* One item as float. */
static float item_value(const unsigned char *item, const struct npy_header *header)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < header->item_bytes; i++)
        bits = bits << 8 | item[header->big_endian ? i : header->item_bytes - 1 - i];
    if (header->kind == 'b') return bits != 0;
    if (header->kind == 'u') return (float)bits;
    if (header->kind == 'i') {
        int unused = 64 - 8 * (int)header->item_bytes;
        uint64_t sign = (uint64_t)1 << (63 - unused);
        return (float)(int64_t)((bits ^ sign) - sign); /* the sign spread over the upper bits */
    }
    if (header->item_bytes == 4) {
        uint32_t word = (uint32_t)bits;
        float value;
        memcpy(&value, &word, sizeof value);
        return value;
    }
    double value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

/* Walks over the indices in C order, with the place in the file beside them; thus both orders are one loop.
 */
static void convert(const unsigned char *items, const struct npy_header *header, struct npy_read_array *array)
{
    int64_t steps[NPY_READ_MOST_DIMS]; /* in the file, in items, of each index */
    int64_t index[NPY_READ_MOST_DIMS] = {0};
    int64_t step = 1;
    for (int i = 0; i < array->rank; i++) {
        int d = header->fortran ? i : array->rank - 1 - i;
        steps[d] = step;
        step *= array->dims[d];
    }
    int64_t from = 0;
    for (int64_t to = 0; to < array->count; to++) {
        array->values[to] = item_value(items + (size_t)from * header->item_bytes, header);
        for (int d = array->rank - 1; d >= 0; d--) {
            from += steps[d];
            if (++index[d] < array->dims[d]) break;
            from -= steps[d] * array->dims[d];
            index[d] = 0;
        }
    }
}

fringe_status npy_read(const unsigned char *bytes, size_t size, const char *name,
                       struct npy_read_array *array, fringe_error *error)
{
    struct npy_header header = {0};
    struct npy_read_array made = {0};
    *array = made;
    if (size < 10 || memcmp(bytes, MAGIC, 6) != 0) return damaged(name, "it does not begin as one", error);
    int major = bytes[6];
    if (major < 1 || major > 3)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: npy: version %d is not read, 1 to 3 are", name,
                           major);
    size_t start = major == 1 ? 10 : 12;
    if (size < start) return damaged(name, "it ends within its header", error);
    size_t length = bytes[8] | (size_t)bytes[9] << 8;
    if (major > 1) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (length > size - start)
        return failure_set(error, FRINGE_FORMAT, "%s: npy: a header of %zu bytes in a file of %zu", name,
                           length, size);
    const char *text = (const char *)bytes + start, *end = text + length;
    fringe_status status = parse_type(find_value(text, end, "'descr'"), end, name, &header, &made, error);
    if (!status) status = parse_shape(find_value(text, end, "'shape'"), end, name, &made, error);
    if (status) return status;
    const char *fortran = find_value(text, end, "'fortran_order'");
    header.fortran = fortran && *fortran == 'T';

    /* Memory is taken only for values that are there. */
    size_t there = size - start - length;
    if ((uint64_t)made.count > there / header.item_bytes)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: npy: its shape has %lld values of %zu bytes, %zu bytes follow", name,
                           (long long)made.count, header.item_bytes, there);
    made.values = alloc_aligned((size_t)made.count, sizeof *made.values);
    if (!made.values) return failure_memory(error, name, (uint64_t)made.count * sizeof *made.values);
    convert(bytes + start + length, &header, &made);
    *array = made;
    return FRINGE_OK;
}
