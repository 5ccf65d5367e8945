/* numpy arrays: every type and order that is read, and headers that lie. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "io/npy_read.h"

static unsigned char bytes[4096];

/* Writes a file of version `major` with a header's text and then `size` bytes; returns its length. */
static size_t put_npy(int major, const char *header, const void *content, size_t size)
{
    size_t length = strlen(header), start = major == 1 ? 10 : 12;
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = (unsigned char)major;
    bytes[7] = 0;
    for (size_t i = 8; i < start; i++) bytes[i] = (unsigned char)(length >> (8 * (i - 8)));
    memcpy(bytes + start, header, length);
    if (size) memcpy(bytes + start + length, content, size);
    return start + length + size;
}

static void expect_values(size_t size, int rank, const int64_t *dims, const float *values)
{
    struct npy_read_array array;
    fringe_error error = {0};
    cr_assert_eq(npy_read(bytes, size, "a.npy", &array, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(array.rank, rank);
    int64_t count = 1;
    for (int i = 0; i < rank; i++) {
        cr_assert_eq(array.dims[i], dims[i]);
        count *= dims[i];
    }
    cr_assert_eq(array.count, count);
    for (int64_t i = 0; i < count; i++)
        cr_expect_eq(array.values[i], values[i], "%s value %d: %g", array.type, (int)i, array.values[i]);
    alloc_free(array.values);
}

Test(npy, every_type_in_both_byte_orders)
{
    static const struct {
        const char *type;
        size_t item_bytes;
        unsigned char items[2][8]; /* little-endian */
        float values[2];
    } cases[] = {
        {"b1", 1, {{0}, {1}}, {0, 1}},
        {"i1", 1, {{0x80}, {0x7F}}, {-128, 127}},
        {"u1", 1, {{0x80}, {0xFF}}, {128, 255}},
        {"i2", 2, {{0xFE, 0xFF}, {0x34, 0x12}}, {-2, 0x1234}},
        {"u2", 2, {{0xFE, 0xFF}, {0x34, 0x12}}, {65534, 0x1234}},
        {"i4", 4, {{0xFF, 0xFF, 0xFF, 0xFF}, {0, 0, 0, 1}}, {-1, 16777216}},
        {"u4", 4, {{0, 0, 0, 0x80}, {5, 0, 0, 0}}, {2147483648.0f, 5}},
        {"i8", 8, {{0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, {0, 0, 0, 0, 1}}, {-3, 4294967296.0f}},
        {"u8", 8, {{0, 0, 0, 0, 0, 0, 0, 0x80}, {7}}, {9223372036854775808.0f, 7}},
        {"f4", 4, {{0, 0, 0xC0, 0xBF}, {0, 0, 0x20, 0x41}}, {-1.5f, 10}},
        {"f8",
         8,
         {{0, 0, 0, 0, 0, 0, 0xF8, 0xBF}, {0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F}},
         {-1.5f, 0.1f}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int big = 0; big < 2; big++)
            for (int major = 1; major <= 3; major++) {
                char header[128];
                unsigned char content[16];
                size_t n = cases[c].item_bytes;
                for (size_t i = 0; i < 2 * n; i++)
                    content[i] = cases[c].items[i / n][big ? n - 1 - i % n : i % n];
                snprintf(header, sizeof header,
                         "{'descr': '%c%s', 'fortran_order': False, 'shape': (2,), }\n",
                         n == 1 ? '|'
                         : big  ? '>'
                                : '<',
                         cases[c].type);
                expect_values(put_npy(major, header, content, 2 * n), 1, (int64_t[]){2}, cases[c].values);
            }
}

Test(npy, fortran_order_is_turned)
{
    static const unsigned char content[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                            12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
    float expected[24];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 4; k++) expected[(i * 3 + j) * 4 + k] = (float)(i + 2 * j + 6 * k);
    size_t size = put_npy(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }", content, 24);
    expect_values(size, 3, (int64_t[]){2, 3, 4}, expected);
    for (int i = 0; i < 24; i++) expected[i] = (float)i;
    size = put_npy(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }", content, 24);
    expect_values(size, 3, (int64_t[]){2, 3, 4}, expected);
}

Test(npy, single_values_and_empty_arrays)
{
    expect_values(put_npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "\0\0\x80\x3f", 4), 0,
                  NULL, (float[]){1});
    expect_values(put_npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 0), }", "", 0), 2,
                  (int64_t[]){3, 0}, NULL);
}

Test(npy, what_lies_is_refused)
{
    static const struct {
        const char *header;
        fringe_status status;
        const char *words;
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", FRINGE_FORMAT,
         "3 values of 4 bytes, 8 bytes follow"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 1099511627776), }", FRINGE_FORMAT,
         "too large"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999,), }", FRINGE_FORMAT,
         "no number of values"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", FRINGE_FORMAT, "no number of values"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,), }", FRINGE_FORMAT, "no number of values"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,", FRINGE_FORMAT, "no end"},
        {"{'descr': '<f4', 'fortran_order': False, }", FRINGE_FORMAT, "shape"},
        {"{'descr': '<f4', 'shape': (1,1,1,1,1,1,1,1,1), }", FRINGE_UNSUPPORTED, "8 dimensions"},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }", FRINGE_UNSUPPORTED, "<f2"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", FRINGE_UNSUPPORTED, "<c16"},
        {"{'descr': '|S99999999999', 'shape': (1,), }", FRINGE_UNSUPPORTED, "|S99999999999"},
        {"{'descr': [('a', '<f4')], 'shape': (1,), }", FRINGE_FORMAT, "descr"},
        {"{'descr': '<f4", FRINGE_FORMAT, "descr"},
        {"", FRINGE_FORMAT, "descr"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct npy_read_array array;
        fringe_error error = {0};
        size_t size = put_npy(1, cases[c].header, "01234567", 8);
        cr_expect_eq(npy_read(bytes, size, "a.npy", &array, &error), cases[c].status, "%s", cases[c].header);
        cr_expect(strstr(error.message, cases[c].words) != NULL, "'%s' is not in: %s", cases[c].words,
                  error.message);
        cr_expect_null(array.values);
    }
}

Test(npy, cut_files_are_refused_at_every_byte)
{
    size_t size = put_npy(2, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "01234567", 8);
    for (size_t length = 0; length < size; length++) {
        struct npy_read_array array;
        unsigned char *exact = malloc(length ? length : 1); /* so that a sanitizer sees what lies behind */
        memcpy(exact, bytes, length);
        cr_expect_eq(npy_read(exact, length, "a.npy", &array, NULL), FRINGE_FORMAT, "%zu bytes", length);
        free(exact);
    }
    bytes[6] = 4;
    struct npy_read_array array;
    cr_expect_eq(npy_read(bytes, size, "a.npy", &array, NULL), FRINGE_UNSUPPORTED);
}
