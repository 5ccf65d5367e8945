/* drawn_forest.h - a forest package that knows of each class what the discs of faulted_disc.h have most of.
 */
#ifndef SUPPORT_DRAWN_FOREST_H
#define SUPPORT_DRAWN_FOREST_H

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "faults/fault_features.h"
#include "forest/forest_grow.h"
#include "forest/forest_onnx.h"

/* Writes it into a folder that is there. What goes wrong ends the program: this is test code. */
static inline void drawn_forest_write(const char *folder)
{
    enum { ROWS = 600, FEATURES = FEATURE_published_ring_mean };
    static const char *const classes[] = {"cannot be decided", "no fault seen", "stacking fault", "twin"};
    struct rng rng = rng_from_seed(3);
    struct forest_settings settings;
    struct forest *forest;
    char path[256];
    uint16_t truth[ROWS];
    float *values = alloc_array(ROWS * FEATURES, sizeof *values);
    for (int i = 0; i < ROWS; i++) {
        float *row = values + i * FEATURES;
        truth[i] = (uint16_t)(i % 4);
        row[FEATURE_spot_count] = truth[i] ? 3 + (float)rng_below(&rng, 20) : 0;
        row[FEATURE_glide_1_evidence] = (float)rng_uniform(&rng, truth[i] == 2 ? 5 : 0, truth[i] > 1 ? 9 : 3);
        row[FEATURE_twin_1_share] =
            (float)rng_uniform(&rng, truth[i] == 3 ? 0.3 : -0.1, truth[i] == 3 ? 1.1 : 0.2);
    }
    struct forest_table table = {values, truth, ROWS, FEATURES, 4};
    forest_settings_init(&settings);
    settings.draw = FOREST_ALL;
    settings.tree_count = 20;
    snprintf(path, sizeof path, "%s/forest.onnx", folder);
    if (forest_grow(&settings, &table, classes, NULL, &forest, NULL, NULL) ||
        forest_onnx_write(path, forest, NULL)) {
        fprintf(stderr, "%s: no forest\n", path);
        exit(1);
    }
    alloc_free(values);
    forest_free(forest);
    snprintf(path, sizeof path, "%s/rdf.yaml", folder);
    FILE *stream = fopen(path, "w");
    if (!stream) {
        perror(path);
        exit(1);
    }
    fprintf(stream,
            "name: Drawn faults\nweights: {onnx: {source: forest.onnx}}\nconfig:\n  fringe:\n"
            "    features:\n      version: %d\n      names: [",
            (int)FAULT_FEATURES_VERSION);
    for (int i = 0; i < FEATURES; i++)
        fprintf(stream, "%s%s", i ? ", " : "", fault_feature_name((enum fault_feature)i));
    fprintf(stream, "]\n");
    fclose(stream);
}

#endif
