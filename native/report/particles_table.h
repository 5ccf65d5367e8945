/* particles_table.h - particles as a table: ImageJ's columns under ImageJ's names, then Fringe's own.
 *
 * One row per particle, in a form that ImageJ's File>Import>Results opens: the first heading blank, above the
 * number of the row. Columns whose source is not there (grey values without an image) do not exist; a measure
 * without value is NaN. Lengths and areas are in the row's `unit`, but FeretX and FeretY in pixels, as in
 * ImageJ. Where particles are classified, class, calibrated probability and lattice follow (faults.h).
 */
#ifndef REPORT_PARTICLES_TABLE_H
#define REPORT_PARTICLES_TABLE_H

#include "fringe/faults.h"
#include "fringe/particles.h"
#include "fringe/status.h"

struct particles_table;

struct particles_table_options {
    const char *label;      /* the column `Label`: the input's name */
    int image, probability; /* 1: there is one, with its columns */
    int faults;             /* 1: particles are classified */
    int32_t slice_count;    /* above 1: a column `Slice` */
    int32_t channel;        /* of the image, from 1: a column `Ch`; 0 where the image has but one */
};

/* Begins the file; complete or absent. `label` is not copied. */
fringe_status particles_table_begin(const char *path, const struct particles_table_options *options,
                                    struct particles_table **table, fringe_error *error);

/* Adds the particles of a slice, which counts from 0. `faults` are of the same slice; NULL where the table
 * has no such columns. */
void particles_table_add(struct particles_table *table, const fringe_particles *particles,
                         const fringe_faults *faults, int32_t slice);

/* Puts the file in place and frees the table, in every case. */
fringe_status particles_table_commit(struct particles_table *table, fringe_error *error);

/* 1 where the file begins with headings that this table alone has. */
int particles_table_recognise(const char *path);

/* NULL is accepted. */
void particles_table_discard(struct particles_table *table);

#endif
