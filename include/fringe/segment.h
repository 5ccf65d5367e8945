/* segment.h - a model applied to one slice of a micrograph.
 *
 * The result lies on the micrograph's own grid, whatever pixel size the network works at. Excluded rows and
 * columns and pixels that are NaN or infinite come out as background (mask 0, class 0, probability 0).
 * The same bytes come out for any number of threads, any band and any tile, on one build and CPU path.
 */
#ifndef FRINGE_SEGMENT_H
#define FRINGE_SEGMENT_H

#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/model.h"
#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the pixels are scaled before the network; all but the first replace the model's own preparation. */
#define FRINGE_NORMALIZE_LIST(X)                                                                             \
    X(FRINGE_NORMALIZE_MODEL, "model")           /* as the model says; zscore for a bare .onnx */            \
    X(FRINGE_NORMALIZE_NONE, "none")             /* the file's own numbers */                                \
    X(FRINGE_NORMALIZE_ZSCORE, "zscore")         /* mean 0, standard deviation 1 over the whole slice */     \
    X(FRINGE_NORMALIZE_MINMAX, "minmax")         /* 0 to 1 */                                                \
    X(FRINGE_NORMALIZE_PERCENTILE, "percentile") /* 1st percentile to 0, 99.8th to 1 */

typedef enum fringe_normalize {
#define FRINGE_NORMALIZE_ENUM(symbol, name) symbol,
    FRINGE_NORMALIZE_LIST(FRINGE_NORMALIZE_ENUM)
#undef FRINGE_NORMALIZE_ENUM
} fringe_normalize;

typedef struct fringe_segment_options {
    double threshold; /* 0 to 1: a pixel is foreground from this probability on; default 0.5 */
    fringe_normalize normalize;
    double pixel_size_nm;      /* the micrograph's, instead of its calibration; 0: the calibration */
    int resample;              /* 1 (default): to the pixel size of resample_nm; 0: never */
    double resample_nm;        /* pixel size to work at; 0 (default): the model's own, where both are known */
    int32_t exclude_bottom_px; /* rows to leave out at the bottom, and nothing else; -1 (default): what is
                                  detected at all four edges */
    int32_t band_rows;         /* rows of output per band; 0 (default): chosen. Does not change the result */
    int32_t tile_px;           /* columns per tile; 0 (default): the whole width where memory allows. Does not
                                  change the result */
    int64_t memory_bytes; /* of the network; above this the image is cut into tiles, with the same result.
                             0 (default): 1 GiB */
    int mirror;      /* 1: the mean of what the network gives for the image, mirrored left to right, top to
                        bottom and both: more accurate as a rule, and four times the work. 0 (default).
                        FRINGE_UNSUPPORTED for networks that give numbers of classes */
    int labels_only; /* 1: the probabilities of masks and classes are not kept, which for large images
                        is most of the memory. The labels are the same */
} fringe_segment_options;

/* The defaults. */
FRINGE_API void fringe_segment_options_init(fringe_segment_options *options);

/* What a result is. */
typedef enum fringe_segment_kind {
    FRINGE_SEGMENT_MASK,    /* one mask: foreground probability against the threshold */
    FRINGE_SEGMENT_CLASSES, /* one class map: the most probable class, ties to the lower */
    FRINGE_SEGMENT_MASKS,   /* one mask per output channel, independent of each other */
    FRINGE_SEGMENT_VALUES   /* numbers that are no probabilities */
} fringe_segment_kind;

/* A result of height_px x width_px. The caller frees it with fringe_segmentation_free. */
typedef struct fringe_segmentation {
    fringe_segment_kind kind;
    int32_t width_px, height_px;
    int32_t plane_count;      /* of labels: 1, or output_channels for MASKS, 0 for VALUES */
    int32_t channel_count;    /* of probability */
    uint8_t *labels;          /* plane_count x height x width; 0/255 for masks, class index for classes */
    float *probability;       /* channel_count x height x width, as the network gives them after completion;
                                 NULL where only labels were asked for */
    int32_t foreground;       /* index in probability of a mask's foreground channel */
    fringe_excluded excluded; /* what was left out */
    double nm_per_px_x, nm_per_px_y;                     /* the micrograph's; 0 when unknown */
    double worked_at_nm_per_px_x, worked_at_nm_per_px_y; /* the network's, 0 when unknown */
    int64_t non_finite_count; /* pixels left out because they are NaN or infinite */
} fringe_segmentation;

/* Segments one slice. options NULL: the defaults. Notices and progress go to `run` (may be NULL). On failure
 * *result is empty. */
FRINGE_API fringe_status fringe_segment(const fringe_model *model, fringe_micrograph *micrograph,
                                        int32_t slice, const fringe_segment_options *options,
                                        const fringe_run *run, fringe_segmentation *result,
                                        fringe_error *error);

/* Labels a result of masks anew from its probabilities, as fringe_segment would have with this threshold:
 * above 0 (what was left out has probability 0) to 1. FRINGE_ARGUMENT outside that, for results of other
 * kinds and for those without probabilities. */
FRINGE_API fringe_status fringe_segmentation_set_threshold(fringe_segmentation *result, double threshold,
                                                           fringe_error *error);

/* Frees what a result owns and empties it. An empty result is accepted. */
FRINGE_API void fringe_segmentation_free(fringe_segmentation *result);

#ifdef __cplusplus
}
#endif
#endif
