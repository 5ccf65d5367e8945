/* measure_item.h - the particles of one input, measured and classified: what lies beside the labels, and the
 * results. */
#ifndef ANALYZE_MEASURE_ITEM_H
#define ANALYZE_MEASURE_ITEM_H

#include "analyze/batch_item.h"
#include "io/tiff_write.h"
#include "io/zip_write.h"
#include "particles/population.h"
#include "report/particles_table.h"
#include "report/provenance.h"

/* The files that belong to an input. */
struct measure_beside {
    char *image, *probability; /* paths, NULL where none is asked for */
    struct provenance_measurement facts;
};

/* Finds image and probability map of an input and takes their digests: the file that the options name, or in
 * a folder the one whose name fits: of "x-mask.tif", "x.*" and "x-probability.*". FRINGE_FILE where there is
 * none, FRINGE_ARGUMENT where there are several. Freed with measure_beside_free, also after a failure. */
fringe_status measure_beside_find(const fringe_measure_options *options, const struct batch_input *input,
                                  struct measure_beside *beside, fringe_error *error);

void measure_beside_free(struct measure_beside *beside);

/* The particles of one label image: what they are measured from, and the results while they grow. */
struct measure_item {
    /* Filled in by the owner. */
    const struct batch_job *job;
    const fringe_particles_options *options;
    const char *labels_path;
    const char *label;                   /* the table's column of that name */
    const struct measure_beside *beside; /* the image must be there where the job classifies */
    char *const *places;                 /* paths: labels, table, ROIs, and of an analysis the overlay */
    const fringe_excluded *excluded;     /* of an analysis: what the overlay's grey range leaves out */
    /* Kept here; zero at the beginning. */
    fringe_micrograph *labels, *image, *probability;
    fringe_micrograph_info info; /* of the labels, with the pixel size that was used */
    fringe_pixel pixel;          /* of the label image */
    struct tiff_writer *tiff;
    struct particles_table *table;
    struct zip_writer *zip;
    uint8_t *overlay;  /* (H, W, 3), of the first slice */
    double *diameters; /* of the particles that count */
    size_t diameter_count, diameter_capacity;
    struct population population;
    struct provenance_particles found; /* valid once they are in place */
};

/* Measures all slices; begin to end is the share of the whole progress. Nothing is in place yet. */
fringe_status measure_item_run(struct measure_item *item, double begin, double end, fringe_error *error);

/* Puts the results at their places, and adds to *placed how many are there, also after a failure. */
fringe_status measure_item_place(struct measure_item *item, size_t *placed, fringe_error *error);

/* Removes what is not in place. */
void measure_item_free(struct measure_item *item);

#endif
