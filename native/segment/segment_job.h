/* segment_job.h - slices on their way through a network, one after the other, and the order of the steps:
 *
 *   segment_run.c       the order of what follows
 *   segment_ahead.c     reads the slice, and those behind it meanwhile
 *   segment_geometry.c  what is left out, which pixel size the network works at, the grid that follows
 *   segment_range.c     notices about what the model was not trained for
 *   segment_prepare.c   included pixels, marked where no number -> network's grid -> preparation
 *   segment_network.c   prepared pixels -> network, in bands, padded or in tiles where need be -> completion
 *   segment_ghosts.c    fringes beside the particle that they belong to -> support, where the model asks
 *   segment_labels.c    back to the micrograph's grid -> threshold or largest class; or labels at once, row
 *                       by row as the network gives them, where nobody asks for the probabilities
 *
 * Geometry and network are decided with the first slice and kept for the others, which have its size.
 *
 * Shape letters: C channels of the network's input, K of its output, H rows, W columns. Planes are
 * (C or K, H, W) floats without gaps. The job owns its buffers; segment_run.c frees them.
 */
#ifndef SEGMENT_SEGMENT_JOB_H
#define SEGMENT_SEGMENT_JOB_H

#include <stdint.h>

#include "fringe/segment.h"
#include "image/plane_statistics.h"
#include "image/sample_plane.h"
#include "model/loaded_model.h"

struct segment_plan;

struct segment_job {
    const fringe_model *model;
    fringe_micrograph *micrograph;
    fringe_segment_options options;
    const fringe_run *run; /* never NULL */

    /* geometry */
    int decided; /* 1: what follows stands */
    fringe_micrograph_info info;
    fringe_excluded excluded;
    int32_t height_px, width_px;     /* of the included rectangle */
    double nm_per_px_x, nm_per_px_y; /* the micrograph's, 0 unknown */
    int32_t work_height_px, work_width_px;
    double work_nm_per_px_x, work_nm_per_px_y; /* 0 unknown */

    struct segment_plan *plan; /* of the network; NULL before the first slice that has something in it */

    /* the slice */
    int32_t slice;
    struct sample_plane *channels; /* of the micrograph, cropped; preparation takes floats out of them */

    /* preparation */
    int32_t input_channels; /* C */
    /* (C, prepared_count): planes on the work grid. Or, where the pixels are whole numbers on that grid, what
     * becomes of each number, by its index; the pixels are in `channels` then. NULL where `constant`. */
    float *prepared;
    size_t prepared_count;
    int64_t *counts; /* (C, prepared_count) pixels of each number; NULL where `prepared` is planes */
    uint8_t *holes;  /* one bit for each included pixel, 1: NaN or infinite; NULL where there are none */
    int64_t hole_count;
    float *some;                    /* pixels that segment_range.c keeps; NULL where it needs none */
    int constant;                   /* every finite pixel is equal, or none is finite */
    struct plane_summary *measured; /* C, of the planes before preparation; NULL where no step asks */

    /* network */
    int32_t output_channels;          /* K */
    int32_t kept_channel, kept_count; /* of those the first that is kept, and how many: one mask needs one */
    float *brightness; /* of the first prepared plane, for segment_ghosts.c; NULL where nothing asks */
    float *outputs;    /* (kept_count, H, W) on the work grid; NULL where rows become labels at once */
    int64_t nan_count; /* values of the network that are no numbers */
    fringe_segmentation *result;
};

/* Pixel sizes whose parts differ by no more are one. */
#define SEGMENT_SAME_SIZE 0.005

/* Which channels of the image the model gets, before any pixel is read. */
fringe_status segment_prepare_channels(struct segment_job *job, fringe_error *error);
/* Decides about all slices; `first` is channel 0 of the micrograph's first slice, or NULL. */
fringe_status segment_geometry_decide(struct segment_job *job, const struct sample_plane *first,
                                      fringe_error *error);
/* Notices where the image, and then where what was found in it, lies outside what the model was trained for:
 * pixel size, dose; whether particles are dark or bright. */
fringe_status segment_range_judge_input(struct segment_job *job, fringe_error *error);
void segment_range_judge_result(const struct segment_job *job);
fringe_status segment_prepare_planes(struct segment_job *job, fringe_error *error);
fringe_status segment_network_apply(struct segment_job *job, fringe_error *error);

/* Whether the model asks for it. Only a mask has ghosts. */
int segment_ghosts_are_dropped(const struct segment_job *job);
/* Keeps of the prepared planes what segment_ghosts_drop needs, which works on job->outputs. */
fringe_status segment_ghosts_look(struct segment_job *job, fringe_error *error);
fringe_status segment_ghosts_drop(struct segment_job *job, fringe_error *error);

/* Channel of the micrograph that the network's input channel c is made of. */
static inline int32_t segment_job_channel(const struct segment_job *job, int32_t c)
{
    return job->info.channel_count == 1 ? 0 : c;
}

static inline int segment_job_keeps_grid(const struct segment_job *job)
{
    return job->work_height_px == job->height_px && job->work_width_px == job->width_px;
}

/* Describes the result, once output_channels stands; *at_once is 1 where rows can become labels as they come.
 */
fringe_status segment_labels_begin(struct segment_job *job, int *at_once, fringe_error *error);

/* Labels columns x_begin to x_end - 1 of work row y, whose first channel is at `from` and whose others follow
 * every plane_stride. */
void segment_labels_take_row(struct segment_job *job, int64_t y, int64_t x_begin, int64_t x_end,
                             const float *from, size_t plane_stride);

/* Completes the result from job->outputs, unless rows became labels at once; on failure it may hold a part.
 * Takes over job->outputs where the grids agree. */
fringe_status segment_labels_finish(struct segment_job *job, fringe_error *error);

#endif
