#include "train/npy_write.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

/* A header of 118 bytes is 128 with what precedes it: values lie aligned. */
enum { HEADER_BYTES = 118 };

fringe_status npy_write(const char *path, const float *values, int rank, const int64_t *dims,
                        fringe_error *error)
{
    struct file_writer writer;
    char shape[4 * 24] = "";
    size_t count = 1;
    fringe_status status = file_writer_begin(&writer, path, error);
    if (status) return status;
    for (int i = 0; i < rank; i++) {
        count *= (size_t)dims[i];
        size_t used = strlen(shape);
        snprintf(shape + used, sizeof shape - used, "%s%lld", i ? ", " : "", (long long)dims[i]);
    }
    fwrite("\x93NUMPY\1\0\x76\0", 1, 10, writer.stream);
    int used = fprintf(writer.stream, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s%s), }", shape,
                       rank == 1 ? "," : "");
    fprintf(writer.stream, "%*s\n", HEADER_BYTES - 1 - used, "");
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        const unsigned char bytes[4] = {(unsigned char)bits, (unsigned char)(bits >> 8),
                                        (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
        fwrite(bytes, 1, sizeof bytes, writer.stream);
    }
    return file_writer_commit(&writer, error);
}
