/* study.h - the particles of a batch, read back from the results of its single images.
 *
 * What a batch says of itself is made from files alone, those of earlier runs among them, in the order of the
 * inputs: so the same files give the same bytes, whatever happened while they were made. Lengths of images
 * with a pixel size are in nm, of others in pixels; the two are kept apart everywhere.
 */
#ifndef REPORT_STUDY_H
#define REPORT_STUDY_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/faults.h"
#include "fringe/status.h"
#include "report/provenance.h"

/* The measures that summaries and charts are about: X(symbol, column, title, 1 for a length). */
#define STUDY_MEASURE_LIST(X)                                                                                \
    X(STUDY_DIAMETER, "diameter", "Area-equivalent diameter", 1)                                             \
    X(STUDY_FERET, "Feret", "Largest Feret diameter", 1)                                                     \
    X(STUDY_MIN_FERET, "MinFeret", "Smallest Feret diameter", 1)                                             \
    X(STUDY_ASPECT, "AR", "Aspect ratio of the ellipse", 0)                                                  \
    X(STUDY_CIRCULARITY, "Circ.", "Circularity", 0)                                                          \
    X(STUDY_SOLIDITY, "Solidity", "Solidity", 0)                                                             \
    X(STUDY_NEIGHBOUR, "neighbour_distance", "Distance to the nearest neighbour", 1)

enum study_measure {
#define STUDY_MEASURE_ENUM(symbol, column, title, length) symbol,
    STUDY_MEASURE_LIST(STUDY_MEASURE_ENUM)
#undef STUDY_MEASURE_ENUM
        STUDY_MEASURE_COUNT
};

enum study_unit { STUDY_NM, STUDY_PIXEL, STUDY_UNIT_COUNT };

struct study_particle {
    double values[STUDY_MEASURE_COUNT];
    double spacing_1, spacing_2, spacing_angle; /* NaN where no lattice was found */
    int32_t image;
    int32_t lattice; /* its phase and zone: place in study.lattices; -1 where none is named */
    int8_t fault;    /* fringe_fault; -1 where it was not classified */
    int8_t unit;     /* study_unit */
    int8_t border;   /* 1: cut by the edge */
    int8_t resolved; /* 1: its lattice is seen in two directions */
};

/* An input, in the order of the batch. Texts are owned. */
struct study_image {
    char *path;                       /* as the batch calls it */
    char *failure;                    /* why it has no results; NULL where it has */
    char *table;                      /* its particles.csv */
    char *overlay;                    /* its overlay.png */
    struct provenance_record *record; /* NULL with a failure */
    size_t first, count;              /* its particles */
};

struct study {
    int keep_border; /* 1: particles that the edge cuts count like others */
    struct study_image *images;
    size_t image_count, image_capacity;
    struct study_particle *particles;
    size_t particle_count, particle_capacity;
    char **lattices; /* "phase, zone", each once, in the order of their appearance */
    size_t lattice_count;
    int classified; /* 1 where particles have classes */
};

const char *study_measure_column(enum study_measure measure);
const char *study_measure_title(enum study_measure measure);
int study_measure_is_length(enum study_measure measure);
const char *study_unit_name(enum study_unit unit); /* "nm", "pixel" */

/* Adds an input by the paths of its results (its provenance, which comes last, names what the others are).
 * Where those cannot be read, the input is one that failed. FRINGE_MEMORY is the only failure. */
fringe_status study_add(struct study *study, const char *path, const char *const *outputs,
                        size_t output_count, fringe_error *error);

/* Adds an input that failed, with the reason. */
fringe_status study_add_failure(struct study *study, const char *path, const char *reason,
                                fringe_error *error);

/* 1 where a particle counts in summaries. */
int study_counts(const struct study *study, const struct study_particle *particle);

void study_free(struct study *study);

#endif
