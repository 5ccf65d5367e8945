#include "report/study_tables.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "text/csv_read.h"
#include "text/csv_write.h"
#include "text/text_tree.h"

enum { HEADING_BYTES = 4096, COLUMNS_MOST = 256 };

/* The columns of all tables together. */
struct columns {
    char *names[COLUMNS_MOST];
    size_t count;
};

static size_t find_column(const struct columns *columns, const char *name)
{
    size_t i = 0;
    while (i < columns->count && strcmp(columns->names[i], name)) i++;
    return i;
}

/* Adds the columns of a table that are not there yet, each behind the one that it stands behind there. */
static fringe_status add_columns(struct columns *columns, const struct csv_table *table, fringe_error *error)
{
    size_t behind = 0;
    for (size_t i = 0; i < csv_table_columns(table); i++) {
        const char *name = csv_table_name(table, i);
        size_t at = find_column(columns, name);
        if (at < columns->count) {
            behind = at + 1;
            continue;
        }
        if (columns->count == COLUMNS_MOST)
            return failure_set(error, FRINGE_FORMAT, "the tables of particles have more than %d columns",
                               COLUMNS_MOST);
        char *copy = alloc_text(name);
        if (!copy) return failure_memory(error, name, strlen(name));
        memmove(columns->names + behind + 1, columns->names + behind,
                (columns->count - behind) * sizeof *columns->names);
        columns->names[behind++] = copy;
        columns->count++;
    }
    return FRINGE_OK;
}

/* The first line of a table as a table without rows. */
static fringe_status read_heading(const char *path, struct csv_table **table, fringe_error *error)
{
    char line[HEADING_BYTES] = "";
    FILE *stream;
    fringe_status status = file_open_read(path, &stream, error);
    if (status) return status;
    if (!fgets(line, sizeof line, stream)) *line = 0;
    fclose(stream);
    return csv_read(line, strlen(line), path, table, error);
}

static fringe_status gather_columns(const struct study *study, struct columns *columns, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < study->image_count && !status; i++) {
        struct csv_table *table = NULL;
        if (study->images[i].failure) continue;
        status = read_heading(study->images[i].table, &table, error);
        if (!status) status = add_columns(columns, table, error);
        csv_table_free(table);
    }
    return status;
}

static const char *missing(const char *column)
{
    return strcmp(column, "Slice") && strcmp(column, "Ch") ? "NaN" : "1";
}

/* The first column, the row's number, and `image` are not those of the image's table. */
static void copy_rows(const struct csv_table *table, const char *image, const struct columns *columns,
                      int64_t *number, struct csv_writer *csv)
{
    size_t from[COLUMNS_MOST], width = csv_table_columns(table);
    for (size_t c = 0; c < columns->count; c++) from[c] = csv_table_find(table, columns->names[c]);
    for (size_t row = 0; row < csv_table_rows(table); row++) {
        csv_write_integer(csv, ++*number);
        csv_write_text(csv, image);
        for (size_t c = 1; c < columns->count; c++)
            csv_write_text(csv, from[c] < width ? csv_table_cell(table, row, from[c])
                                                : missing(columns->names[c]));
        csv_write_end_row(csv);
    }
}

static fringe_status copy_tables(const struct study *study, const struct columns *columns,
                                 struct csv_writer *csv, fringe_error *error)
{
    int64_t number = 0;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < study->image_count && !status; i++) {
        const struct study_image *image = &study->images[i];
        struct csv_table *table = NULL;
        unsigned char *bytes = NULL;
        size_t size;
        if (image->failure) continue;
        status = file_read_all(image->table, CSV_READ_MOST_BYTES, &bytes, &size, error);
        if (!status) status = csv_read(bytes, size, image->table, &table, error);
        if (!status) copy_rows(table, image->path, columns, &number, csv);
        csv_table_free(table);
        alloc_free(bytes);
    }
    return status;
}

fringe_status study_write_particles(const struct study *study, const char *path, fringe_error *error)
{
    struct columns columns = {0};
    struct file_writer file;
    fringe_status status = gather_columns(study, &columns, error);
    if (!status) status = file_writer_begin(&file, path, error);
    if (status) goto done;
    struct csv_writer csv = {.stream = file.stream};
    csv_write_text(&csv, " ");
    csv_write_text(&csv, "image");
    if (columns.count == 0) csv_write_text(&csv, "Label"); /* every image failed */
    for (size_t c = 1; c < columns.count; c++) csv_write_text(&csv, columns.names[c]);
    csv_write_end_row(&csv);
    status = copy_tables(study, &columns, &csv, error);
    if (status)
        file_writer_discard(&file);
    else
        status = file_writer_commit(&file, error);
done:
    for (size_t i = 0; i < columns.count; i++) alloc_free(columns.names[i]);
    return status;
}

/* ---- summary.csv ---- */

static const char *const intervals[] = {"mean", "d10", "d50", "d90"};
enum { INTERVAL_COUNT = 4 };

static void write_summary_headings(const struct study *study, struct csv_writer *csv)
{
    static const char *const ends[] = {"", "_low", "_high"};
    static const char *const heads[] = {"image",     "status",           "message", "unit",       "nm_per_px",
                                        "particles", "border_particles", "n",       "diameter_sd"};
    char name[64];
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) csv_write_text(csv, heads[i]);
    for (int i = 0; i < INTERVAL_COUNT; i++)
        for (int k = 0; k < 3; k++) {
            snprintf(name, sizeof name, "diameter_%s%s", intervals[i], ends[k]);
            csv_write_text(csv, name);
        }
    if (study->classified) {
        for (int i = 0; i < FRINGE_FAULT_COUNT; i++) csv_write_text(csv, fringe_fault_name((fringe_fault)i));
        csv_write_text(csv, "fault_fraction");
        csv_write_text(csv, "fault_fraction_low");
        csv_write_text(csv, "fault_fraction_high");
    }
    csv_write_text(csv, "notices");
    csv_write_end_row(csv);
}

static void write_interval(struct csv_writer *csv, const struct population_value *value)
{
    csv_write_number(csv, value->value);
    csv_write_number(csv, value->low);
    csv_write_number(csv, value->high);
}

static void write_faults(struct csv_writer *csv, const int64_t classes[FRINGE_FAULT_COUNT])
{
    int64_t decided = 0, faults = 0;
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++) {
        csv_write_integer(csv, classes[i]);
        decided += i == FRINGE_FAULT_UNDECIDED ? 0 : classes[i];
        faults += fringe_fault_is_seen((fringe_fault)i) ? classes[i] : 0;
    }
    struct proportion share = proportion_of(faults, decided);
    csv_write_number(csv, share.value);
    csv_write_number(csv, share.low);
    csv_write_number(csv, share.high);
}

/* As the image's own provenance says it. */
static struct population recorded_population(const struct text_node *result)
{
    const struct text_node *diameter = text_tree_find(result, "diameter");
    struct population found = {.sd = NAN};
    struct population_value *const values[INTERVAL_COUNT] = {&found.mean, &found.d10, &found.d50, &found.d90};
    text_tree_integer(text_tree_find(diameter, "n"), &found.n);
    text_tree_number(text_tree_find(diameter, "sd"), &found.sd);
    for (int i = 0; i < INTERVAL_COUNT; i++) {
        const struct text_node *node = text_tree_find(diameter, intervals[i]);
        *values[i] = (struct population_value){NAN, NAN, NAN};
        text_tree_number(text_tree_find(node, "value"), &values[i]->value);
        text_tree_number(text_tree_find(node, "low"), &values[i]->low);
        text_tree_number(text_tree_find(node, "high"), &values[i]->high);
    }
    return found;
}

static void write_diameters(struct csv_writer *csv, const struct population *diameters)
{
    csv_write_integer(csv, diameters->n);
    csv_write_number(csv, diameters->sd);
    write_interval(csv, &diameters->mean);
    write_interval(csv, &diameters->d10);
    write_interval(csv, &diameters->d50);
    write_interval(csv, &diameters->d90);
}

static void write_image(const struct study *study, const struct study_image *image, struct csv_writer *csv)
{
    const struct text_node *root = provenance_root(image->record), *result = text_tree_find(root, "result");
    const struct text_node *notices = text_tree_find(root, "notices"),
                           *faults = text_tree_find(result, "faults");
    int64_t count = 0, border_count = 0, classes[FRINGE_FAULT_COUNT] = {0};
    double nm_per_px = NAN;
    text_tree_integer(text_tree_find(result, "particles"), &count);
    text_tree_integer(text_tree_find(result, "border_particles"), &border_count);
    text_tree_number(text_tree_find(text_tree_find(root, "input"), "nm_per_px"), &nm_per_px);
    csv_write_text(csv, image->path);
    csv_write_text(csv, "ok");
    csv_write_text(csv, "");
    csv_write_text(csv, text_tree_text(result, "unit", ""));
    csv_write_number(csv, nm_per_px);
    csv_write_integer(csv, count);
    csv_write_integer(csv, border_count);
    struct population diameters = recorded_population(result);
    write_diameters(csv, &diameters);
    if (study->classified) {
        for (int i = 0; i < FRINGE_FAULT_COUNT; i++)
            text_tree_integer(text_tree_find(faults, fringe_fault_name((fringe_fault)i)), &classes[i]);
        write_faults(csv, classes);
    }
    csv_write_integer(csv, notices ? (int64_t)notices->count : 0);
    csv_write_end_row(csv);
}

/* A failed image has no numbers. */
static void write_failure(const struct study *study, const struct study_image *image, struct csv_writer *csv)
{
    int empty = 4 + 2 + 3 * INTERVAL_COUNT + (study->classified ? FRINGE_FAULT_COUNT + 3 : 0) + 1;
    csv_write_text(csv, image->path);
    csv_write_text(csv, "failed");
    csv_write_text(csv, image->failure);
    for (int i = 0; i < empty; i++) csv_write_text(csv, "");
    csv_write_end_row(csv);
}

static void write_all(const struct study *study, const struct study_summary *summary, struct csv_writer *csv)
{
    csv_write_text(csv, "all");
    csv_write_text(csv, "ok");
    csv_write_text(csv, "");
    csv_write_text(csv, study_unit_name(summary->unit));
    csv_write_text(csv, "");
    csv_write_integer(csv, summary->count);
    csv_write_integer(csv, summary->border_count);
    write_diameters(csv, &summary->populations[STUDY_DIAMETER]);
    if (study->classified) write_faults(csv, summary->classes);
    csv_write_text(csv, "");
    csv_write_end_row(csv);
}

fringe_status study_write_summary(const struct study *study, const struct study_summary *summaries,
                                  const char *path, fringe_error *error)
{
    struct file_writer file;
    fringe_status status = file_writer_begin(&file, path, error);
    if (status) return status;
    struct csv_writer csv = {.stream = file.stream};
    write_summary_headings(study, &csv);
    for (size_t i = 0; i < study->image_count; i++) {
        const struct study_image *image = &study->images[i];
        if (image->failure)
            write_failure(study, image, &csv);
        else
            write_image(study, image, &csv);
    }
    for (int unit = 0; unit < STUDY_UNIT_COUNT; unit++)
        if (summaries[unit].count > 0) write_all(study, &summaries[unit], &csv);
    return file_writer_commit(&file, error);
}
