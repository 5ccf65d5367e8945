/* particles.h - from a mask or label image to particles and their measurements.
 *
 * A particle is a connected set of pixels of equal value above 0: of a mask (one value), of a class map or of
 * a label image alike. Planes are (H, W) row-major, origin top left; pixel (x, y) covers [x, x + 1] by
 * [y, y + 1], as in ImageJ. Particles are numbered from 1 in the order in which ImageJ's particle analyzer
 * finds them: by their topmost row, there by their leftmost pixel.
 *
 * Lengths and areas are in `unit`: nm where the pixel size is known, else pixels. ImageJ's measures are those
 * of ImageJ 1.54g on the same pixels, under ImageJ's names; those of ISO 9276-6 have columns of their own,
 * since ISO and ImageJ use the same words for other things. One object serves one thread at a time.
 */
#ifndef FRINGE_PARTICLES_H
#define FRINGE_PARTICLES_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of particles that the edge of the image cuts. All but EXCLUDE have them in the table. */
#define FRINGE_BORDER_LIST(X)                                                                                \
    X(FRINGE_BORDER_MARK, "mark")       /* `border` is 1 in their rows; no part of summaries */              \
    X(FRINGE_BORDER_KEEP, "keep")       /* the same, but summaries count them like all others */             \
    X(FRINGE_BORDER_EXCLUDE, "exclude") /* left out */

typedef enum fringe_border {
#define FRINGE_BORDER_ENUM(symbol, name) symbol,
    FRINGE_BORDER_LIST(FRINGE_BORDER_ENUM)
#undef FRINGE_BORDER_ENUM
} fringe_border;

typedef struct fringe_particles_options {
    double threshold;     /* above 0: pixels of this value or more are a mask, as in a probability map;
                             0 (default): pixels hold whole numbers, masks, classes or labels */
    int32_t connectivity; /* 8 (default): pixels that meet at a corner are connected; 4: at a side only */
    int fill_holes;       /* 1: background that one particle encloses belongs to it */
    double split_neck;    /* 0 (default): what touches is one particle. Above 0, to 1: it is divided at each
                             neck that is narrower than this part of the narrower side's width */
    double least_nm, most_nm; /* area-equivalent diameter that a particle has at least, at most; 0: any */
    int64_t least_px;         /* pixels that a particle has at least; 0 (default): any */
    fringe_border border;     /* default FRINGE_BORDER_MARK */
    double pixel_size_nm;     /* instead of the labels' calibration, and the image's; 0: the calibration */
    int32_t channel;          /* of the image, from 0 */
} fringe_particles_options;

/* The defaults. */
FRINGE_API void fringe_particles_options_init(fringe_particles_options *options);

/* What a measure needs besides the labels. */
typedef enum fringe_measure_source {
    FRINGE_FROM_SHAPE,
    FRINGE_FROM_IMAGE,
    FRINGE_FROM_PROBABILITY
} fringe_measure_source;

/* Every measure: its field, its column, where it comes from. ImageJ's columns first, in ImageJ's order and
 * with ImageJ's names, then ours. In the formulas A is the area, P ImageJ's perimeter, F Feret, f MinFeret.
 */
#define FRINGE_MEASURE_LIST(X)                                                                               \
    X(area, "Area", FRINGE_FROM_SHAPE)                                                                       \
    X(mean, "Mean", FRINGE_FROM_IMAGE)                                                                       \
    X(std_dev, "StdDev", FRINGE_FROM_IMAGE)                                                                  \
    X(mode, "Mode", FRINGE_FROM_IMAGE)                                                                       \
    X(min, "Min", FRINGE_FROM_IMAGE)                                                                         \
    X(max, "Max", FRINGE_FROM_IMAGE)                                                                         \
    X(x, "X", FRINGE_FROM_SHAPE)                                                                             \
    X(y, "Y", FRINGE_FROM_SHAPE)                                                                             \
    X(x_mass, "XM", FRINGE_FROM_IMAGE)                                                                       \
    X(y_mass, "YM", FRINGE_FROM_IMAGE)                                                                       \
    X(perimeter, "Perim.", FRINGE_FROM_SHAPE)                                                                \
    X(box_x, "BX", FRINGE_FROM_SHAPE)                                                                        \
    X(box_y, "BY", FRINGE_FROM_SHAPE)                                                                        \
    X(box_width, "Width", FRINGE_FROM_SHAPE)                                                                 \
    X(box_height, "Height", FRINGE_FROM_SHAPE)                                                               \
    X(major, "Major", FRINGE_FROM_SHAPE)                                                                     \
    X(minor, "Minor", FRINGE_FROM_SHAPE)                                                                     \
    X(angle, "Angle", FRINGE_FROM_SHAPE)                                                                     \
    X(circularity, "Circ.", FRINGE_FROM_SHAPE)                                                               \
    X(feret, "Feret", FRINGE_FROM_SHAPE)                                                                     \
    X(integrated, "IntDen", FRINGE_FROM_IMAGE)                                                               \
    X(median, "Median", FRINGE_FROM_IMAGE)                                                                   \
    X(skewness, "Skew", FRINGE_FROM_IMAGE)                                                                   \
    X(kurtosis, "Kurt", FRINGE_FROM_IMAGE)                                                                   \
    X(percent_area, "%Area", FRINGE_FROM_IMAGE)                                                              \
    X(raw_integrated, "RawIntDen", FRINGE_FROM_IMAGE)                                                        \
    X(feret_x, "FeretX", FRINGE_FROM_SHAPE) /* pixels, as ImageJ gives it */                                 \
    X(feret_y, "FeretY", FRINGE_FROM_SHAPE) /* pixels */                                                     \
    X(feret_angle, "FeretAngle", FRINGE_FROM_SHAPE)                                                          \
    X(min_feret, "MinFeret", FRINGE_FROM_SHAPE)                                                              \
    X(aspect_ratio, "AR", FRINGE_FROM_SHAPE)                                                                 \
    X(roundness, "Round", FRINGE_FROM_SHAPE)                                                                 \
    X(solidity, "Solidity", FRINGE_FROM_SHAPE)                                                               \
    X(diameter, "diameter", FRINGE_FROM_SHAPE)                     /* area-equivalent: sqrt(4 A / pi) */     \
    X(iso_aspect_ratio, "iso_aspect_ratio", FRINGE_FROM_SHAPE)     /* f / F */                               \
    X(iso_ellipse_ratio, "iso_ellipse_ratio", FRINGE_FROM_SHAPE)   /* minor / major */                       \
    X(iso_circularity, "iso_circularity", FRINGE_FROM_SHAPE)       /* sqrt(4 pi A) / P */                    \
    X(iso_roundness, "iso_roundness", FRINGE_FROM_SHAPE)           /* 4 A / (pi F^2) */                      \
    X(iso_compactness, "iso_compactness", FRINGE_FROM_SHAPE)       /* sqrt(4 A / pi) / F */                  \
    X(iso_extent, "iso_extent", FRINGE_FROM_SHAPE)                 /* A / (F f) */                           \
    X(iso_solidity, "iso_solidity", FRINGE_FROM_SHAPE)             /* A / area of the convex hull */         \
    X(iso_convexity, "iso_convexity", FRINGE_FROM_SHAPE)           /* perimeter of the convex hull / P */    \
    X(neighbour_distance, "neighbour_distance", FRINGE_FROM_SHAPE) /* centroid to the nearest other one's */ \
    X(probability, "mean_probability", FRINGE_FROM_PROBABILITY)

/* One particle. A measure whose source is not there, or that has no value (the neighbour of a single
 * particle, the skewness of one pixel), is NaN. */
typedef struct fringe_particle {
    int32_t number;      /* its value in the label plane, from 1 */
    int32_t input_value; /* its pixels' value in the input: its class or label there */
    int64_t pixel_count; /* without holes */
    int border;          /* 1 where it touches the edge of the image */
#define FRINGE_MEASURE_FIELD(field, column, source) double field;
    FRINGE_MEASURE_LIST(FRINGE_MEASURE_FIELD)
#undef FRINGE_MEASURE_FIELD
} fringe_particle;

/* A corner of an outline, in pixels. */
typedef struct fringe_corner {
    int32_t x, y;
} fringe_corner;

/* The particles of one slice. */
typedef struct fringe_particles fringe_particles;

/* Finds and measures the particles of one slice. `labels` holds a mask, a class map, labels up to 2^24, or
 * with a threshold any numbers; it has one channel. `image` (may be NULL: no grey values are measured) and
 * `probability` (may be NULL) have its size and its number of slices; of two
 * channels of a probability map the second is taken, the one of the foreground. options NULL: the defaults.
 * Notices go to `run` (may be NULL). FRINGE_ARGUMENT where sizes differ, where pixels are no labels (both
 * named), or where a diameter is asked of an image without pixel size. On success *particles is the caller's,
 * who frees it; an image without particles is a success with none. */
FRINGE_API fringe_status fringe_particles_find(fringe_micrograph *labels, fringe_micrograph *image,
                                               fringe_micrograph *probability, int32_t slice,
                                               const fringe_particles_options *options, const fringe_run *run,
                                               fringe_particles **particles, fringe_error *error);

/* NULL is accepted. */
FRINGE_API void fringe_particles_free(fringe_particles *particles);

/* How many there are. */
FRINGE_API int32_t fringe_particles_count(const fringe_particles *particles);

/* The particle of an index from 0 (its number less one), NULL outside. Owned by `particles`. */
FRINGE_API const fringe_particle *fringe_particles_get(const fringe_particles *particles, int32_t index);

/* "nm" or "pixel". Static text. */
FRINGE_API const char *fringe_particles_unit(const fringe_particles *particles);

/* The size of a pixel in nm that lengths were measured with; 0 where it is not known. */
FRINGE_API void fringe_particles_get_pixel_size(const fringe_particles *particles, double *nm_per_px_x,
                                                double *nm_per_px_y);

/* The label plane, height_px x width_px: 0 or the particle's number. Owned by `particles`. */
FRINGE_API const int32_t *fringe_particles_labels(const fringe_particles *particles, int32_t *height_px,
                                                  int32_t *width_px);

/* The corners of a particle's outer outline, in the order and with the start of ImageJ's wand: what its ROI
 * is. NULL outside. Owned by `particles`. */
FRINGE_API const fringe_corner *fringe_particles_outline(const fringe_particles *particles, int32_t index,
                                                         size_t *count);

#ifdef __cplusplus
}
#endif
#endif
