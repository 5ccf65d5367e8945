/* model_folder.h - model packages made on the spot, in a folder that goes with the test.
 *
 * Any failure ends the program: this is test code.
 */
#ifndef SUPPORT_MODEL_FOLDER_H
#define SUPPORT_MODEL_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnx/onnx_model.h"

static char model_folder[64]; /* its path */

static inline const char *model_folder_path(const char *name)
{
    static char paths[4][256]; /* a few may be in use at once */
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", model_folder, name);
    return path;
}

static inline void model_folder_make(void)
{
    strcpy(model_folder, "/tmp/fringe-model-XXXXXX");
    if (!mkdtemp(model_folder)) abort();
}

static inline void model_folder_remove(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", model_folder);
    if (system(command) != 0) abort();
}

static inline void model_folder_write(const char *name, const void *bytes, size_t size)
{
    FILE *stream = fopen(model_folder_path(name), "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0) abort();
}

static inline void model_folder_write_text(const char *name, const char *text)
{
    model_folder_write(name, text, strlen(text));
}

static inline void model_folder_write_onnx(const char *name, const struct onnx_model *model)
{
    if (onnx_model_write(model_folder_path(name), model, NULL)) abort();
}

/* A .npy of floats. */
static inline void model_folder_write_npy(const char *name, const char *shape, const float *values,
                                          size_t count)
{
    char head[129];
    unsigned char *bytes = malloc(128 + count * sizeof *values);
    if (!bytes) abort();
    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    int length =
        snprintf(head, sizeof head, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", shape);
    memcpy(bytes + 10, head, (size_t)length);
    bytes[127] = '\n';
    memcpy(bytes + 128, values, count * sizeof *values);
    model_folder_write(name, bytes, 128 + count * sizeof *values);
    free(bytes);
}

#endif
