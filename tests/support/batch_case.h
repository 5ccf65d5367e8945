/* batch_case.h - what a batch needs, made by hand: a stack in a file, a model in memory. Lack of anything
 * ends the program: this is test code. */
#ifndef SUPPORT_BATCH_CASE_H
#define SUPPORT_BATCH_CASE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/built_model.h"
#include "support/nets.h"

/* An 8-bit TIFF of uneven pages as other programs write it: Fringe's own would be no inputs. */
static inline void batch_case_write_stack(const char *path, int slices, int height, int width)
{
    enum { ENTRIES = 8, DIRECTORY = 2 + 12 * ENTRIES + 4 };
    const uint32_t w = (uint32_t)width, h = (uint32_t)height, pixels_at = 8 + (uint32_t)slices * DIRECTORY;
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    fwrite("II*\0\10\0\0\0", 1, 8, file);
    for (uint32_t slice = 0; slice < (uint32_t)slices; slice++) {
        const uint32_t fields[ENTRIES][3] = {{256, 4, w}, {257, 4, h},    {258, 3, 8},
                                             {259, 3, 1}, {262, 3, 1},    {273, 4, pixels_at + slice * w * h},
                                             {278, 4, h}, {279, 4, w * h}};
        uint32_t next = slice + 1 < (uint32_t)slices ? 8 + (slice + 1) * DIRECTORY : 0, one = 1;
        uint16_t entries = ENTRIES;
        fwrite(&entries, 2, 1, file);
        for (int i = 0; i < ENTRIES; i++) {
            uint16_t head[2] = {(uint16_t)fields[i][0], (uint16_t)fields[i][1]};
            fwrite(head, 2, 2, file);
            fwrite(&one, 4, 1, file);
            fwrite(&fields[i][2], 4, 1, file); /* little-endian, as are the machines that run this */
        }
        fwrite(&next, 4, 1, file);
    }
    for (int i = 0; i < slices * height * width; i++) fputc((i * 37 + i / 31 * 11) % 251, file);
    fclose(file);
}

struct batch_case_model {
    struct net *net; /* given to net_free */
    struct built_model built;
    const char *names[3];
};

/* The model whose output is value `x` of made->net. It lives in *made. */
static inline const fringe_model *batch_case_finish_model(struct batch_case_model *made, int x, int channels,
                                                          enum output_kind kind)
{
    static const char *const names[] = {"background", "particle", "edge"};
    built_model_init(&made->built, net_end(made->net, x, "output"), 1, kind);
    memcpy(made->names, names, sizeof names);
    fringe_model_info *info = &made->built.model.info;
    info->name = "built", info->version = "", info->path = "built", info->format = "onnx";
    info->sha256 = "00", info->preparation = "none", info->completion = "none";
    info->outputs = loaded_model_output_name(kind);
    info->output_names = made->names;
    made->built.model.foreground = channels == 2;
    return &made->built.model;
}

/* One 3x3 convolution to `channels`, at most 3, and the activation that the kind of output stands for, NULL
 * for none. */
static inline const fringe_model *batch_case_make_model(struct batch_case_model *made, int channels,
                                                        const char *activation, enum output_kind kind)
{
    made->net = net_begin("image", 1);
    int x = net_conv(made->net, net_input(made->net), channels, 3, 1);
    if (activation)
        x = net_node(made->net, activation, &x, 1, strcmp(activation, "Softmax") ? "" : "axis=1", channels);
    return batch_case_finish_model(made, x, channels, kind);
}

#endif
