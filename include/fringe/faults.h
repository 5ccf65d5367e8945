/* faults.h - is a stacking fault or twin seen in a particle, and what its lattice is.
 *
 * For each particle of a slice: a class with its probability, the lattice (spacings, angle, phase
 * and zone axis), and where fault planes run. A fault counts that lies within 5 degrees of the beam with a
 * trace of 1 nm or more: of others an image says nothing. Classes come from a boosted forest on features of
 * the lattice, among them jumps of its phase across lines (geometric phase analysis, DOI
 * 10.1016/S0304-3991(98)00035-7) and reflections that change places with their mirror images, as across a
 * twin's plane.
 *
 * Planes are (H, W) row-major, origin top left; pixel (x, y) covers [x, x + 1] by [y, y + 1]. Spacings are in
 * the unit of the particles (fringe_particles_unit): nm, or pixels where the pixel size is not known; then no
 * phase is named, and classes are what they are, since features count in spacings. Angles are ImageJ's:
 * degrees, counter-clockwise from the x axis as the image is seen, 0 to 180.
 */
#ifndef FRINGE_FAULTS_H
#define FRINGE_FAULTS_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/particles.h"
#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The classes, X(symbol, name, 1 where a fault is seen). */
#define FRINGE_FAULT_LIST(X)                                                                                 \
    X(FRINGE_FAULT_NONE, "no fault seen", 0)                                                                 \
    X(FRINGE_FAULT_STACKING, "stacking fault", 1)                                                            \
    X(FRINGE_FAULT_TWIN, "twin", 1)                                                                          \
    X(FRINGE_FAULT_MULTIPLE, "multiply twinned", 1)   /* two twin planes or more */                          \
    X(FRINGE_FAULT_UNDECIDED, "cannot be decided", 0) /* the lattice is not resolved */

typedef enum fringe_fault {
#define FRINGE_FAULT_ENUM(symbol, name, is_seen) symbol,
    FRINGE_FAULT_LIST(FRINGE_FAULT_ENUM)
#undef FRINGE_FAULT_ENUM
        FRINGE_FAULT_COUNT
} fringe_fault;

/* The name of a class, "unknown" outside the list. Static text; any thread. */
FRINGE_API const char *fringe_fault_name(fringe_fault fault);

/* 1 for the classes in which a fault is seen, else 0. Any thread. */
FRINGE_API int fringe_fault_is_seen(fringe_fault fault);

/* ---- model ---- */

/* A forest, and the phases that lattices are compared with. Immutable: any number of threads may use one. */
typedef struct fringe_fault_model fringe_fault_model;

/* What is known of it. Texts are owned by the model and never NULL. */
typedef struct fringe_fault_model_info {
    const char *name; /* "" where the package gives none */
    const char *path;
    const char *sha256;        /* of the forest's .onnx bytes, hexadecimal */
    const char *phases_sha256; /* of the file with the phases, "" for those that come with Fringe */
    int32_t tree_count, phase_count;
} fringe_fault_model_info;

/* The forest that is used where none is named. */
#define FRINGE_FAULT_MODEL "hrtem-faults"

/* Loads a forest, by path or by a name as fringe_model_load finds them; NULL: FRINGE_FAULT_MODEL. `phases`
 * is a CIF or YAML file with the phases that are possible, NULL for those that come with Fringe; with one
 * phase alone the lattice tests the pixel size. On success the caller owns *model; on failure it is NULL:
 * FRINGE_FILE, FRINGE_FORMAT (damaged, with line and field), FRINGE_MODEL where the forest's features or
 * classes are not Fringe's (both are named), FRINGE_UNSUPPORTED, FRINGE_CANCELLED (`run`, which may be NULL).
 */
FRINGE_API fringe_status fringe_fault_model_load(const char *path_or_name, const char *phases,
                                                 const fringe_run *run, fringe_fault_model **model,
                                                 fringe_error *error);

/* NULL is accepted. Not while a call uses the model. */
FRINGE_API void fringe_fault_model_free(fringe_fault_model *model);

/* Fills *info. Any thread. */
FRINGE_API void fringe_fault_model_get_info(const fringe_fault_model *model, fringe_fault_model_info *info);

/* ---- particles ---- */

/* Numbers about a particle's lattice, X(field, column). NaN where there is none: no two reflections that
 * stand out in different directions, no pixel size, no phase. Errors are standard errors. */
#define FRINGE_LATTICE_LIST(X)                                                                               \
    X(spacing_1, "d1") /* of the strongest reflection */                                                     \
    X(spacing_1_error, "d1_error")                                                                           \
    X(spacing_2, "d2") /* of the strongest one in another direction */                                       \
    X(spacing_2_error, "d2_error")                                                                           \
    X(direction_1, "d1_angle")        /* of the first one's normal */                                        \
    X(spacing_angle, "lattice_angle") /* between both, 0 to 90 degrees */                                    \
    X(spacing_angle_error, "lattice_angle_error")                                                            \
    X(phase_probability, "phase_probability") /* of the phases named together, among those possible */       \
    X(phase_residual, "phase_residual")       /* root mean square misfit of reflections, relative */         \
    X(scale, "lattice_scale")                 /* true pixel size over given one, by the phase's lattice; */  \
    X(scale_error, "lattice_scale_error")     /* where one phase alone is possible the pixel size is free */

/* Most lines that one particle has. */
#define FRINGE_FAULT_LINES_MOST 5

/* A plane, seen as a line from border to border of its particle, in pixels. */
typedef struct fringe_fault_line {
    double x0, y0, x1, y1;
    int is_twin;     /* 1: a twin's plane; 0: a stacking fault's */
    double strength; /* how complete the lattice's change across it is, 0 to 1 */
} fringe_fault_line;

/* What is said of a particle. `fault` is undecided where that has more than half of the probability; else a
 * fault or none, whichever is likelier, and of a fault the likeliest kind. */
typedef struct fringe_fault_rating {
    fringe_fault fault;
    double probabilities[FRINGE_FAULT_COUNT]; /* calibrated; they add up to 1 */
    double fault_probability;                 /* of the classes in which a fault is seen */
    int resolved;                             /* 1 where reflections stand out in two directions or more */
    int32_t spot_count;                       /* of reflections that stand out, g and -g counted once */
    const char *phase; /* "Au or Ag": the fewest phases that hold 95 % of the probability together, given the
                          errors of the reflections; "" where these would be more than three. Owned as the
                          rating is. What else is said of the phase is of the likeliest of them */
    int32_t zone[3];   /* the direction of the crystal along the beam; of it and its opposite the one whose
                          first index is above 0; 0 0 0 without a phase, and where the phases named are seen
                          along different ones */
    int pixel_size_is_off; /* 1 where one phase alone is possible and its lattice says, by more than two
                              standard errors, that the pixel size is off by more than 1 % */
#define FRINGE_LATTICE_FIELD(field, column) double field;
    FRINGE_LATTICE_LIST(FRINGE_LATTICE_FIELD)
#undef FRINGE_LATTICE_FIELD
    fringe_fault_line lines[FRINGE_FAULT_LINES_MOST]; /* only where the class says that a fault is seen, the
                                                         most certain first */
    int32_t line_count;
} fringe_fault_rating;

/* What is said of the particles of one slice; immutable. Lives no longer than its model. */
typedef struct fringe_faults fringe_faults;

/* Pixels across that a particle has at most for its lattice to be looked at. */
#define FRINGE_FAULT_BOX_MOST 2048

/* Rates the particles of a slice of `image`, of which `channel` is looked at (from 0). `particles` are those
 * of the same slice, and have its size, else FRINGE_ARGUMENT with both; lengths are in the pixel size that
 * they were measured with. A particle that is too small, flat, or larger than FRINGE_FAULT_BOX_MOST has no
 * lattice, and is no failure. Notices (a pixel size that a lattice contradicts, particles that
 * are too large) go to `run` (may be NULL), which may cancel. On success *faults is the caller's. The same
 * bytes for any number of threads. */
FRINGE_API fringe_status fringe_faults_find(const fringe_fault_model *model, fringe_micrograph *image,
                                            int32_t slice, int32_t channel, const fringe_particles *particles,
                                            const fringe_run *run, fringe_faults **faults,
                                            fringe_error *error);

/* NULL is accepted. */
FRINGE_API void fringe_faults_free(fringe_faults *faults);

/* How many there are: as many as particles, in their order. */
FRINGE_API int32_t fringe_faults_count(const fringe_faults *faults);

/* The particle of an index from 0, NULL outside. Owned by `faults`. Any thread. */
FRINGE_API const fringe_fault_rating *fringe_faults_get(const fringe_faults *faults, int32_t index);

#ifdef __cplusplus
}
#endif
#endif
