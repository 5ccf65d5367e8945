/* forest_samples.h - what a forest is trained on: rows of features, each with a class.
 *
 * Read from a table with a column of classes; forest_crops.h fills the same structure from images.
 */
#ifndef TRAIN_FOREST_SAMPLES_H
#define TRAIN_FOREST_SAMPLES_H

#include "base/digest.h"
#include "forest/forest_grow.h"
#include "text/csv_read.h"

struct forest_samples {
    struct forest_table table;
    float *values;                  /* the table's */
    uint16_t *classes;              /* the table's: indices of class_names */
    const char **feature_names;     /* (feature_count) */
    const char **class_names;       /* (class_count), in rising order */
    char sha256[DIGEST_TEXT_BYTES]; /* of the file, or of the list of files */
    struct csv_table *csv;          /* owns the texts, or */
    char **owned_names;             /* (owned_count) the classes' */
    size_t owned_count;
};

/* Which columns count. */
struct forest_columns {
    const char *label;
    const char *const *features; /* feature_count names in the forest's order; NULL: every column that is
                                    neither the label nor ignored */
    size_t feature_count;
    const char *const *ignored;
    size_t ignored_count;
};

/* Reads a CSV file. Classes are the different texts of the label column. The caller clears *samples, also
 * after a failure. FRINGE_FILE; FRINGE_FORMAT with line and column: a column that is not there, an empty
 * class, a value that is no finite number, more classes or features than a forest takes, one class alone. */
fringe_status forest_samples_read(const char *path, const struct forest_columns *columns,
                                  struct forest_samples *samples, fringe_error *error);
void forest_samples_clear(struct forest_samples *samples);

#endif
