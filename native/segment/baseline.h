/* baseline.h - what methods that have learnt nothing make of a micrograph: the bar for every network.
 *
 * A baseline divides the pixels of a plane into groups. It gives them no names: group 0 is the darkest (or
 * the smoothest), and which group is which class is for the caller to say. Planes are (H, W) row-major floats
 * without gaps; pixels that are no numbers count as the mean of the others. The same bytes for any number of
 * threads.
 */
#ifndef SEGMENT_BASELINE_H
#define SEGMENT_BASELINE_H

#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

enum { BASELINE_MOST_GROUPS = 8 };

/* X(symbol, name, what it does). Otsu 1979, DOI 10.1109/TSMC.1979.4310076. "threshold" tells how far a method
 * that looks at single grey values can get at all. */
#define BASELINE_LIST(X)                                                                                     \
    X(BASELINE_OTSU, "otsu", "thresholds of greatest variance between the groups")                           \
    X(BASELINE_LOCAL_VARIANCE, "local-variance", "Otsu on the spread of grey values in a square of 1 nm")    \
    X(BASELINE_BANDPASS, "bandpass", "Otsu on the strength of periods around 0.24 nm in such a square")      \
    X(BASELINE_KMEANS, "kmeans", "K-means of the grey values")                                               \
    X(BASELINE_KMEANS2D, "kmeans2d", "K-means of the grey value and the mean of the 5 x 5 pixels around it") \
    X(BASELINE_THRESHOLD, "threshold", "thresholds of best mean IoU with this very truth")

enum baseline_method {
#define BASELINE_ENUM(symbol, name, purpose) symbol,
    BASELINE_LIST(BASELINE_ENUM)
#undef BASELINE_ENUM
        BASELINE_COUNT
};

/* Static texts; and the method of a name, -1 where there is none. */
const char *baseline_name(enum baseline_method method);
const char *baseline_purpose(enum baseline_method method); /* in one line */
int baseline_find(const char *name);

struct baseline_plane {
    const float *pixels;
    int32_t height_px, width_px;
    double nm_per_px; /* where it is unknown (0) or no lattice image's (outside 0.002 to 0.5), 0.02 counts */
    const uint8_t *truth; /* BASELINE_THRESHOLD alone looks at it: classes below group_count, others are
                             passed over; its groups are these classes */
};

/* Fills groups (H, W) with 0 to group_count - 1; group_count is 2 to BASELINE_MOST_GROUPS, else
 * FRINGE_ARGUMENT. A plane of one value is group 0 everywhere. FRINGE_MEMORY or FRINGE_CANCELLED. `run` is
 * not NULL. */
fringe_status baseline_run(enum baseline_method method, const struct baseline_plane *plane, int group_count,
                           const fringe_run *run, uint8_t *groups, fringe_error *error);

#endif
