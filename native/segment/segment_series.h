/* segment_series.h - fringe_segment over slices of one micrograph, keeping what they have in common.
 *
 * The network is compiled once, its memory is reserved once, and slices are read ahead. Each result is what
 * fringe_segment would give for its slice; notices that are about all slices come with the first.
 */
#ifndef SEGMENT_SEGMENT_SERIES_H
#define SEGMENT_SEGMENT_SERIES_H

#include "fringe/segment.h"

struct segment_series;

/* `options` and `run` as for fringe_segment. Model, micrograph and run outlive the series. */
fringe_status segment_series_create(const fringe_model *model, fringe_micrograph *micrograph,
                                    const fringe_segment_options *options, const fringe_run *run,
                                    struct segment_series **series, fringe_error *error);

/* Segments one slice, in any order. With `more` the next ones are read meanwhile: from then on, until the
 * series ends, nobody else reads the micrograph's pixels. On failure *result is empty. */
fringe_status segment_series_run(struct segment_series *series, int32_t slice, int more,
                                 fringe_segmentation *result, fringe_error *error);

/* NULL is accepted. */
void segment_series_free(struct segment_series *series);

#endif
