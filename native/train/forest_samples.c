#include "train/forest_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"

static fringe_status find_column(const struct csv_table *csv, const char *path, const char *name,
                                 size_t *column, fringe_error *error)
{
    *column = csv_table_find(csv, name);
    if (*column < csv_table_columns(csv)) return FRINGE_OK;
    return failure_set(error, FRINGE_FORMAT, "%s: none of its %zu columns is '%.100s'", path,
                       csv_table_columns(csv), name);
}

static int is_listed(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0) return 1;
    return 0;
}

/* The columns of the features, in the order in which the forest will ask for them. */
static fringe_status choose_columns(const struct csv_table *csv, const char *path,
                                    const struct forest_columns *columns, struct forest_samples *samples,
                                    size_t *chosen, fringe_error *error)
{
    size_t count = 0, all = csv_table_columns(csv);
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < columns->feature_count && !status; i++)
        status = find_column(csv, path, columns->features[i], &chosen[count++], error);
    for (size_t i = 0; i < all && !columns->features; i++) {
        const char *name = csv_table_name(csv, i);
        if (strcmp(name, columns->label) != 0 && !is_listed(name, columns->ignored, columns->ignored_count))
            chosen[count++] = i;
    }
    if (!status && (count < 1 || count > FOREST_MOST_FEATURES))
        status = failure_set(error, FRINGE_FORMAT, "%s: %zu columns of features, 1 to %d are possible", path,
                             count, FOREST_MOST_FEATURES);
    for (size_t i = 0; i < count && !status; i++) samples->feature_names[i] = csv_table_name(csv, chosen[i]);
    samples->table.feature_count = (uint32_t)count;
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Classes in the order of their bytes: the same whatever the order of the rows. */
static fringe_status name_classes(const struct csv_table *csv, const char *path, size_t label,
                                  struct forest_samples *samples, fringe_error *error)
{
    size_t rows = csv_table_rows(csv), count = 0;
    const char **names = alloc_array(rows, sizeof *names);
    samples->class_names = names;
    if (!names) return failure_memory(error, path, rows * sizeof *names);
    for (size_t i = 0; i < rows; i++) {
        names[i] = csv_table_cell(csv, i, label);
        if (!*names[i])
            return failure_set(error, FRINGE_FORMAT, "%s: line %zu: column '%.100s' names no class", path,
                               csv_table_line(csv, i), csv_table_name(csv, label));
    }
    qsort(names, rows, sizeof *names, by_text);
    for (size_t i = 0; i < rows; i++)
        if (count == 0 || strcmp(names[count - 1], names[i]) != 0) names[count++] = names[i];
    if (count < 2 || count > FOREST_MOST_CLASSES)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: column '%.100s' names %zu classes in %zu rows, 2 to %d are possible", path,
                           csv_table_name(csv, label), count, rows, FOREST_MOST_CLASSES);
    for (size_t i = 0; i < rows; i++) {
        const char *name = csv_table_cell(csv, i, label);
        const char **found = bsearch(&name, names, count, sizeof *names, by_text);
        samples->classes[i] = (uint16_t)(found - names);
    }
    samples->table.class_count = (uint32_t)count;
    return FRINGE_OK;
}

static fringe_status read_values(const struct csv_table *csv, const char *path, const size_t *chosen,
                                 struct forest_samples *samples, fringe_error *error)
{
    size_t features = samples->table.feature_count;
    for (size_t row = 0; row < csv_table_rows(csv); row++)
        for (size_t i = 0; i < features; i++) {
            const char *cell = csv_table_cell(csv, row, chosen[i]);
            double value;
            if (!number_parse_all(cell, &value) || !isfinite((float)value))
                return failure_set(error, FRINGE_FORMAT,
                                   "%s: line %zu: column '%.100s': '%.40s' is no finite number", path,
                                   csv_table_line(csv, row), csv_table_name(csv, chosen[i]), cell);
            samples->values[row * features + i] = (float)value;
        }
    return FRINGE_OK;
}

static fringe_status fill(const struct csv_table *csv, const char *path, const struct forest_columns *columns,
                          struct forest_samples *samples, fringe_error *error)
{
    size_t rows = csv_table_rows(csv), label = 0, most = csv_table_columns(csv) + columns->feature_count;
    size_t *chosen = alloc_array(most, sizeof *chosen);
    samples->feature_names = alloc_array(most, sizeof *samples->feature_names);
    samples->classes = alloc_array(rows, sizeof *samples->classes);
    fringe_status status = chosen && samples->feature_names && samples->classes
                               ? find_column(csv, path, columns->label, &label, error)
                               : failure_memory(error, path, (most + rows) * sizeof *chosen);
    if (!status) status = choose_columns(csv, path, columns, samples, chosen, error);
    if (!status) status = name_classes(csv, path, label, samples, error);
    if (!status) {
        samples->values = alloc_array(rows, samples->table.feature_count * sizeof *samples->values);
        status = samples->values ? read_values(csv, path, chosen, samples, error)
                                 : failure_memory(error, path, rows * sizeof *samples->values);
    }
    samples->table.values = samples->values;
    samples->table.classes = samples->classes;
    samples->table.row_count = rows;
    alloc_free(chosen);
    return status;
}

fringe_status forest_samples_read(const char *path, const struct forest_columns *columns,
                                  struct forest_samples *samples, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    *samples = (struct forest_samples){0};
    fringe_status status = file_read_all(path, CSV_READ_MOST_BYTES, &bytes, &size, error);
    if (status) return status;
    digest_bytes(bytes, size, samples->sha256);
    status = csv_read(bytes, size, path, &samples->csv, error);
    alloc_free(bytes);
    return status ? status : fill(samples->csv, path, columns, samples, error);
}

void forest_samples_clear(struct forest_samples *samples)
{
    alloc_free(samples->values);
    alloc_free(samples->classes);
    alloc_free(samples->feature_names);
    alloc_free(samples->class_names);
    csv_table_free(samples->csv);
    for (size_t i = 0; i < samples->owned_count; i++) alloc_free(samples->owned_names[i]);
    alloc_free(samples->owned_names);
    *samples = (struct forest_samples){0};
}
