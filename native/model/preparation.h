/* preparation.h - the steps before and behind a network: bioimage.io's, one list for both formats.
 *
 * Shape letters: C channels, H rows, W columns. A step works on C planes of one sample (one slice), each of
 * H x W floats; statistics are those of that sample alone. NaN and infinite values are left out of them and
 * stay as they are. Steps that only look at one pixel are `local`: they may be applied to any part of a
 * plane, rows of a result as they come out of the network; the others need whole planes.
 */
#ifndef MODEL_PREPARATION_H
#define MODEL_PREPARATION_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "image/plane_statistics.h"

enum step_kind {
    STEP_LINEAR,      /* y = (x - subtract) * multiply + add; local. scale_linear and the fixed kind */
    STEP_UNIT_SPREAD, /* y = (x - mean) / (sd + eps): zero_mean_unit_variance */
    STEP_RANGE,       /* y = (x - low) / (high - low + eps), low and high being percentiles: scale_range */
    STEP_CLIP,        /* to least .. most; local, unless they are percentiles */
    STEP_BINARIZE,    /* 1 above the threshold, else 0; local */
    STEP_SIGMOID,     /* local */
    STEP_SOFTMAX,     /* over the channels; local */
    STEP_LIKE,        /* y = (x - mean) / (sd + eps) * (other sd + eps) + other mean: scale_mean_variance */
    STEP_INTEGER      /* cut to the whole number towards zero, within least .. most: ensure_dtype; local */
};

struct step {
    enum step_kind kind;
    int joint;         /* statistics over all channels together; 0: of each by itself */
    int by_percentile; /* clip: low_percent and high_percent decide, where they are not NAN */
    int of_input; /* like: the other is the network's input before its preparation; 0: the sample itself */
    double eps;
    double least, most;               /* clip, integer */
    double low_percent, high_percent; /* range, clip: 0 to 100 */
    /* linear: subtract, multiply, add; binarize: threshold in subtract. One value for all channels, or one
     * for each. */
    size_t value_count;
    const double *subtract, *multiply, *add;
};

/* Whether every step is local. */
int preparation_is_local(const struct step *steps, size_t step_count);

/* Whether every step looks at one channel of a pixel at a time. */
int preparation_is_by_channel(const struct step *steps, size_t step_count);

/* Whether a step needs the statistics of the network's input: then preparation_apply needs `input`. */
int preparation_needs_input(const struct step *steps, size_t step_count);

/* What the steps work on, and who runs them; everything is the caller's. */
struct preparation_sample {
    float *planes; /* plane k begins at planes + k * plane_stride */
    size_t channel_count, pixel_count;
    size_t plane_stride; /* pixel_count for gapless planes */
    /* How many pixels each value stands for, laid out like the planes: whole numbers are prepared once for
     * each number, not for each pixel. NULL: one each. Not with STEP_SOFTMAX, which looks at all channels of
     * a pixel. */
    const int64_t *counts;
    /* Of the network's input, plane by plane, as it was before its preparation; NULL where
     * preparation_needs_input says no. */
    const struct plane_summary *input;
    size_t input_count;
    const fringe_run *run; /* never NULL */
};

/* Applies the steps to a sample in place. Statistics are over its pixels: give whole planes, gapless, unless
 * all steps are local. Lists of per-channel values must have one or channel_count entries (checked when a
 * model is loaded, else FRINGE_MODEL). The same bytes for any number of threads, and for local steps for any
 * division into parts. */
fringe_status preparation_apply(const struct step *steps, size_t step_count,
                                const struct preparation_sample *sample, fringe_error *error);

/* The steps as one line, "zero_mean_unit_variance (per channel), clip 0 to 1", behind `before` and followed
 * by `after` where those are not NULL; "none" without any. For info and provenance. Given to alloc_free; NULL
 * when memory is short. */
char *preparation_describe(const char *before, const struct step *steps, size_t step_count,
                           const char *after);

#endif
