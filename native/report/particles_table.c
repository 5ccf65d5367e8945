#include "report/particles_table.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "text/csv_write.h"

/* By which a table is known as Fringe's. */
static const char first_headings[] = " ,Label,";
static const char last_headings[] = ",particle,input_value,unit";

struct particles_table {
    struct file_writer file;
    struct csv_writer csv;
    struct particles_table_options options;
    int64_t rows;
};

static int has_source(const struct particles_table_options *options, fringe_measure_source source)
{
    return source == FRINGE_FROM_SHAPE || (source == FRINGE_FROM_IMAGE && options->image) ||
           (source == FRINGE_FROM_PROBABILITY && options->probability);
}

/* ImageJ has Ch and Slice behind RawIntDen and before FeretX. */
static int comes_before_places(const char *column)
{
    return !strcmp(column, "FeretX");
}

static void write_fault_headings(struct csv_writer *csv)
{
    csv_write_text(csv, "class");
    csv_write_text(csv, "probability");
    csv_write_text(csv, "fault_probability");
    csv_write_text(csv, "resolved");
    csv_write_text(csv, "spots");
    csv_write_text(csv, "phase");
    csv_write_text(csv, "zone");
#define HEADING(field, column) csv_write_text(csv, column);
    FRINGE_LATTICE_LIST(HEADING)
#undef HEADING
}

static void write_faults(struct csv_writer *csv, const fringe_fault_rating *rating)
{
    char zone[64] = "";
    if (rating->zone[0] || rating->zone[1] || rating->zone[2])
        snprintf(zone, sizeof zone, "[%ld %ld %ld]", (long)rating->zone[0], (long)rating->zone[1],
                 (long)rating->zone[2]);
    csv_write_text(csv, fringe_fault_name(rating->fault));
    csv_write_number(csv, rating->probabilities[rating->fault]);
    csv_write_number(csv, rating->fault_probability);
    csv_write_integer(csv, rating->resolved);
    csv_write_integer(csv, rating->spot_count);
    csv_write_text(csv, rating->phase);
    csv_write_text(csv, zone);
#define CELL(field, column) csv_write_number(csv, rating->field);
    FRINGE_LATTICE_LIST(CELL)
#undef CELL
}

static void write_headings(struct particles_table *table)
{
    const struct particles_table_options *options = &table->options;
    struct csv_writer *csv = &table->csv;
    csv_write_text(csv, " ");
    csv_write_text(csv, "Label");
#define HEADING(field, column, source)                                                                       \
    if (comes_before_places(column) && options->channel) csv_write_text(csv, "Ch");                          \
    if (comes_before_places(column) && options->slice_count > 1) csv_write_text(csv, "Slice");               \
    if (has_source(options, source)) csv_write_text(csv, column);
    FRINGE_MEASURE_LIST(HEADING)
#undef HEADING
    if (options->faults) write_fault_headings(csv);
    csv_write_text(csv, "pixels");
    csv_write_text(csv, "border");
    fputs(last_headings, csv->stream);
    csv_write_end_row(csv);
}

int particles_table_recognise(const char *path)
{
    char line[2048];
    FILE *stream;
    if (file_open_read(path, &stream, NULL)) return 0;
    int read = fgets(line, sizeof line, stream) != NULL;
    fclose(stream);
    size_t length = read ? strcspn(line, "\r\n") : 0, first = strlen(first_headings),
           last = strlen(last_headings);
    return length > first + last && !strncmp(line, first_headings, first) &&
           !strncmp(line + length - last, last_headings, last);
}

fringe_status particles_table_begin(const char *path, const struct particles_table_options *options,
                                    struct particles_table **table, fringe_error *error)
{
    *table = NULL;
    struct particles_table *made = alloc_array(1, sizeof *made);
    if (!made) return failure_memory(error, path, sizeof *made);
    made->options = *options;
    fringe_status status = file_writer_begin(&made->file, path, error);
    if (status) {
        alloc_free(made);
        return status;
    }
    made->csv.stream = made->file.stream;
    write_headings(made);
    *table = made;
    return FRINGE_OK;
}

void particles_table_add(struct particles_table *table, const fringe_particles *particles,
                         const fringe_faults *faults, int32_t slice)
{
    const struct particles_table_options *options = &table->options;
    struct csv_writer *csv = &table->csv;
    const fringe_particle *particle;
    for (int32_t i = 0; (particle = fringe_particles_get(particles, i)); i++) {
        csv_write_integer(csv, ++table->rows);
        csv_write_text(csv, options->label);
#define CELL(field, column, source)                                                                          \
    if (comes_before_places(column) && options->channel) csv_write_integer(csv, options->channel);           \
    if (comes_before_places(column) && options->slice_count > 1) csv_write_integer(csv, slice + 1);          \
    if (has_source(options, source)) csv_write_number(csv, particle->field);
        FRINGE_MEASURE_LIST(CELL)
#undef CELL
        if (faults) write_faults(csv, fringe_faults_get(faults, i));
        csv_write_integer(csv, particle->pixel_count);
        csv_write_integer(csv, particle->border);
        csv_write_integer(csv, particle->number);
        csv_write_integer(csv, particle->input_value);
        csv_write_text(csv, fringe_particles_unit(particles));
        csv_write_end_row(csv);
    }
}

fringe_status particles_table_commit(struct particles_table *table, fringe_error *error)
{
    fringe_status status = file_writer_commit(&table->file, error);
    alloc_free(table);
    return status;
}

void particles_table_discard(struct particles_table *table)
{
    if (!table) return;
    file_writer_discard(&table->file);
    alloc_free(table);
}
