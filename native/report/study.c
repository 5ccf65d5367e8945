#include "report/study.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "text/csv_read.h"

static const struct {
    const char *column, *title;
    int is_length;
} measures[] = {
#define ROW(symbol, column, title, length) {column, title, length},
    STUDY_MEASURE_LIST(ROW)
#undef ROW
};

const char *study_measure_column(enum study_measure measure)
{
    return measures[measure].column;
}

const char *study_measure_title(enum study_measure measure)
{
    return measures[measure].title;
}

int study_measure_is_length(enum study_measure measure)
{
    return measures[measure].is_length;
}

const char *study_unit_name(enum study_unit unit)
{
    return unit == STUDY_NM ? "nm" : "pixel";
}

int study_counts(const struct study *study, const struct study_particle *particle)
{
    return !particle->border || study->keep_border;
}

/* Where the columns are that are read; the table's number of columns for one that is not there. */
struct places {
    size_t values[STUDY_MEASURE_COUNT];
    size_t unit, border, fault, phase, zone, resolved, spacing_1, spacing_2, spacing_angle;
};

static void find_places(const struct csv_table *table, struct places *places)
{
    for (int i = 0; i < STUDY_MEASURE_COUNT; i++)
        places->values[i] = csv_table_find(table, measures[i].column);
    places->unit = csv_table_find(table, "unit");
    places->border = csv_table_find(table, "border");
    places->fault = csv_table_find(table, "class");
    places->phase = csv_table_find(table, "phase");
    places->zone = csv_table_find(table, "zone");
    places->resolved = csv_table_find(table, "resolved");
    places->spacing_1 = csv_table_find(table, "d1");
    places->spacing_2 = csv_table_find(table, "d2");
    places->spacing_angle = csv_table_find(table, "lattice_angle");
}

static const char *cell(const struct csv_table *table, size_t row, size_t column)
{
    return column < csv_table_columns(table) ? csv_table_cell(table, row, column) : "";
}

/* NaN where the cell is no number ("NaN" is none), or one that no particle has: tables may have been edited.
 */
static double number(const struct csv_table *table, size_t row, size_t column)
{
    static const double most = 1e12;
    double value;
    return number_parse_all(cell(table, row, column), &value) && fabs(value) < most ? value : NAN;
}

static int8_t fault_of(const char *name)
{
    for (int i = 0; i < FRINGE_FAULT_COUNT; i++)
        if (!strcmp(name, fringe_fault_name((fringe_fault)i))) return (int8_t)i;
    return -1;
}

/* Phases and zones together: a list of crystals gives some hundred, an edited table may give one a row, and
 * each row is looked up among them. */
enum { LATTICES_MOST = 16384 };

/* The place of a phase and zone in the study's list, where it is added when it is not there yet. */
static fringe_status find_lattice(struct study *study, const char *phase, const char *zone, int32_t *place,
                                  fringe_error *error)
{
    *place = -1;
    if (!*phase) return FRINGE_OK;
    size_t length = strlen(phase);
    for (size_t i = 0; i < study->lattice_count; i++) {
        const char *text = study->lattices[i];
        if (!strncmp(text, phase, length) && text[length] == '\t' && !strcmp(text + length + 1, zone)) {
            *place = (int32_t)i;
            return FRINGE_OK;
        }
    }
    if (study->lattice_count == LATTICES_MOST)
        return failure_set(error, FRINGE_FORMAT, "more than %d phases and zones are named", LATTICES_MOST);
    size_t bytes = length + strlen(zone) + 2;
    char **grown = alloc_resize(study->lattices, study->lattice_count + 1, sizeof *grown);
    if (grown) study->lattices = grown;
    char *text = grown ? alloc_array(bytes, 1) : NULL;
    if (!text) return failure_memory(error, "lattices", bytes);
    memcpy(text, phase, length);
    text[length] = '\t';
    strcpy(text + length + 1, zone);
    *place = (int32_t)study->lattice_count;
    study->lattices[study->lattice_count++] = text;
    return FRINGE_OK;
}

static fringe_status add_rows(struct study *study, const struct csv_table *table, fringe_error *error)
{
    struct places places;
    size_t rows = csv_table_rows(table), wanted = study->particle_count + rows;
    fringe_status status = FRINGE_OK;
    find_places(table, &places);
    if (wanted > study->particle_capacity) {
        struct study_particle *grown = alloc_resize(study->particles, 2 * wanted, sizeof *grown);
        if (!grown) return failure_memory(error, "particles", 2 * wanted * sizeof *grown);
        study->particles = grown;
        study->particle_capacity = 2 * wanted;
    }
    for (size_t row = 0; row < rows && !status; row++) {
        struct study_particle *particle = &study->particles[study->particle_count++];
        for (int i = 0; i < STUDY_MEASURE_COUNT; i++)
            particle->values[i] = number(table, row, places.values[i]);
        particle->spacing_1 = number(table, row, places.spacing_1);
        particle->spacing_2 = number(table, row, places.spacing_2);
        particle->spacing_angle = number(table, row, places.spacing_angle);
        particle->image = (int32_t)study->image_count;
        particle->fault = fault_of(cell(table, row, places.fault));
        particle->unit = strcmp(cell(table, row, places.unit), "nm") ? STUDY_PIXEL : STUDY_NM;
        particle->border = number(table, row, places.border) > 0;
        particle->resolved = number(table, row, places.resolved) > 0;
        status = find_lattice(study, cell(table, row, places.phase), cell(table, row, places.zone),
                              &particle->lattice, error);
    }
    if (places.fault < csv_table_columns(table)) study->classified = 1;
    return status;
}

static fringe_status read_results(struct study *study, struct study_image *image, const char *const *outputs,
                                  size_t output_count, fringe_error *error)
{
    static const char table_ending[] = "-particles.csv", overlay_ending[] = "-overlay.png";
    struct csv_table *table = NULL;
    unsigned char *bytes = NULL;
    size_t size;
    for (size_t i = 0; i < output_count; i++) {
        size_t length = strlen(outputs[i]);
        char **place = length >= sizeof table_ending &&
                               !strcmp(outputs[i] + length + 1 - sizeof table_ending, table_ending)
                           ? &image->table
                       : length >= sizeof overlay_ending &&
                               !strcmp(outputs[i] + length + 1 - sizeof overlay_ending, overlay_ending)
                           ? &image->overlay
                           : NULL;
        if (place && !*place && !(*place = alloc_text(outputs[i])))
            return failure_memory(error, outputs[i], length);
    }
    if (!image->table) return failure_set(error, FRINGE_FILE, "%s: has no table of particles", image->path);
    fringe_status status = provenance_read(outputs[output_count - 1], &image->record, error);
    if (!status) status = file_read_all(image->table, CSV_READ_MOST_BYTES, &bytes, &size, error);
    if (!status) status = csv_read(bytes, size, image->table, &table, error);
    image->first = study->particle_count;
    if (!status) status = add_rows(study, table, error);
    image->count = study->particle_count - image->first;
    csv_table_free(table);
    alloc_free(bytes);
    return status;
}

static void clear_image(struct study_image *image)
{
    alloc_free(image->path);
    alloc_free(image->failure);
    alloc_free(image->table);
    alloc_free(image->overlay);
    provenance_free(image->record);
    *image = (struct study_image){0};
}

/* Room for one image more, which is not counted yet. */
static fringe_status make_room(struct study *study, const char *path, fringe_error *error)
{
    if (study->image_count == study->image_capacity) {
        size_t capacity = study->image_capacity ? 2 * study->image_capacity : 64;
        struct study_image *grown = alloc_resize(study->images, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, path, capacity * sizeof *grown);
        study->images = grown;
        study->image_capacity = capacity;
    }
    study->images[study->image_count] = (struct study_image){.path = alloc_text(path)};
    return study->images[study->image_count].path ? FRINGE_OK : failure_memory(error, path, strlen(path));
}

fringe_status study_add_failure(struct study *study, const char *path, const char *reason,
                                fringe_error *error)
{
    fringe_status status = make_room(study, path, error);
    if (status) return status;
    struct study_image *image = &study->images[study->image_count];
    image->failure = alloc_text(reason);
    if (!image->failure) {
        clear_image(image);
        return failure_memory(error, path, strlen(reason));
    }
    study->image_count++;
    return FRINGE_OK;
}

fringe_status study_add(struct study *study, const char *path, const char *const *outputs,
                        size_t output_count, fringe_error *error)
{
    fringe_error said;
    size_t before = study->particle_count;
    fringe_status status = make_room(study, path, error);
    if (status) return status;
    struct study_image *image = &study->images[study->image_count];
    status = read_results(study, image, outputs, output_count, &said);
    if (!status) {
        study->image_count++;
        return FRINGE_OK;
    }
    clear_image(image);
    study->particle_count = before;
    if (status == FRINGE_MEMORY) return failure_set(error, status, "%s", said.message);
    return study_add_failure(study, path, said.message, error);
}

void study_free(struct study *study)
{
    for (size_t i = 0; i < study->image_count; i++) clear_image(&study->images[i]);
    for (size_t i = 0; i < study->lattice_count; i++) alloc_free(study->lattices[i]);
    alloc_free(study->images);
    alloc_free(study->particles);
    alloc_free(study->lattices);
    *study = (struct study){0};
}
