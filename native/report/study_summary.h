/* study_summary.h - the numbers of a report: distributions, faults and how they hang together with size.
 *
 * Of the particles of one unit, those that count (study_counts). Intervals are 95 % and take particles as
 * independent. Everything comes out the same on every run.
 */
#ifndef REPORT_STUDY_SUMMARY_H
#define REPORT_STUDY_SUMMARY_H

#include "particles/population.h"
#include "report/study.h"
#include "stats/lognormal.h"
#include "stats/proportion.h"
#include "stats/rank_correlation.h"

/* Particles of neighbouring sizes, as many in each bin but for one. */
enum { STUDY_BIN_MOST = 8, STUDY_BIN_LEAST_COUNT = 10 };
struct study_bin {
    double least, most, mean; /* diameters */
    int64_t decided, faults;
    struct proportion share;
};

/* A phase and zone, and the median lattice of the particles that have it. */
struct study_lattice {
    const char *name; /* "phase<tab>zone" */
    int64_t count;
    double spacing_1, spacing_2, spacing_angle;
};

struct study_summary {
    enum study_unit unit;
    int64_t image_count;                 /* with particles of this unit */
    int64_t count, border_count;         /* all of the table */
    double *values[STUDY_MEASURE_COUNT]; /* of those that count and have a value, sorted */
    size_t value_counts[STUDY_MEASURE_COUNT];
    struct population populations[STUDY_MEASURE_COUNT];
    struct lognormal fit;                                       /* of the diameters */
    struct rank_correlation with_diameter[STUDY_MEASURE_COUNT]; /* of each measure */
    /* Where particles are classified. */
    int64_t classes[FRINGE_FAULT_COUNT], resolved_count;
    int64_t decided, faults; /* particles of which it can be told, and in which one is seen */
    struct proportion fault_share;
    struct study_bin bins[STUDY_BIN_MOST];
    size_t bin_count;
    struct proportion_trend trend;  /* of faults over the bins' mean diameters */
    struct study_lattice *lattices; /* the most frequent first */
    size_t lattice_count;
};

/* FRINGE_MEMORY is the only failure. Freed by study_summary_free in every case. */
fringe_status study_summarise(const struct study *study, enum study_unit unit, struct study_summary *summary,
                              fringe_error *error);

void study_summary_free(struct study_summary *summary);

#endif
