/* forest_tables.h - small tables with classes, for tests of forests. */
#ifndef SUPPORT_FOREST_TABLES_H
#define SUPPORT_FOREST_TABLES_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "forest/forest_grow.h"

static const char *const forest_tables_names[] = {"round", "square", "none", "fourth", "fifth"};

/* Rows in `features` dimensions; the first two decide the class, by the angle around the origin, and one row
 * in `noise` (0: none) has a class by chance. `steps` above 0 rounds values to so many per unit. */
static inline struct forest_table forest_tables_make(size_t rows, uint32_t features, uint32_t classes,
                                                     uint32_t noise, double steps, uint64_t seed)
{
    struct rng rng = rng_from_seed(seed);
    float *values = malloc(rows * features * sizeof *values);
    uint16_t *labels = malloc(rows * sizeof *labels);
    cr_assert(values && labels);
    for (size_t i = 0; i < rows; i++) {
        float *row = values + i * features;
        for (uint32_t f = 0; f < features; f++) {
            double value = rng_normal(&rng);
            row[f] = (float)(steps > 0 ? floor(value * steps) / steps : value);
        }
        double turn = atan2(row[1], row[0]) / (2 * 3.14159265358979) + 0.5;
        labels[i] = (uint16_t)fmin(classes - 1, turn * classes);
        if (noise && rng_below(&rng, noise) == 0) labels[i] = (uint16_t)rng_below(&rng, classes);
    }
    return (struct forest_table){values, labels, rows, features, classes};
}

static inline void forest_tables_free(struct forest_table *table)
{
    free((void *)table->values);
    free((void *)table->classes);
}

#endif
