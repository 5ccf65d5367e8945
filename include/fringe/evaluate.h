/* evaluate.h - how well networks and classical methods find what truth says is there.
 *
 * Truth is a label image of the same size beside each micrograph or in a folder (X-mask.*, X-label.*,
 * X-labels.*, X-classes.*, also with `_`; in a named folder X.* too; X may be called X-image.* or X_image.*).
 * All methods see the same images and are scored by the same rules over all pixels but those that are not
 * labelled. Classical methods divide an image into groups without names: each image's groups are named so
 * that most pixels are right, which favours them. The same numbers for any thread count, on one build and CPU
 * path.
 */
#ifndef FRINGE_EVALUATE_H
#define FRINGE_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/model.h"
#include "fringe/run.h"
#include "fringe/segment.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most classes that can be told apart; baselines tell 8. */
#define FRINGE_EVALUATE_MOST_CLASSES 32

typedef struct fringe_evaluate_options {
    const char *truth_directory; /* NULL: beside each image */
    const char *const *models;   /* model_count paths or names, as fringe_model_load takes them */
    size_t model_count;
    const char *const *baselines; /* baseline_count names of fringe_evaluate_baseline_name */
    size_t baseline_count;
    const int32_t *classes; /* the label value of class 0, 1, ...; NULL: 0, 1, ..., and with two classes every
                               label but 0 is class 1 */
    size_t class_count;     /* 2 to FRINGE_EVALUATE_MOST_CLASSES; with models it must be theirs */
    int32_t ignore;         /* label value of pixels that are not scored, 0 to 255; -1 (default): none */
    fringe_segment_options segment;
    int32_t repeats; /* of the bootstrap; default 1000 */
    uint64_t seed;   /* of the bootstrap; default 0 */
    int recursive;   /* 1: go into subfolders of a folder */
} fringe_evaluate_options;

/* The defaults. */
FRINGE_API void fringe_evaluate_options_init(fringe_evaluate_options *options);

/* The name of classical method `index` from 0 on and what it does in one line; NULL behind the last. Static
 * text. */
FRINGE_API const char *fringe_evaluate_baseline_name(int index);
FRINGE_API const char *fringe_evaluate_baseline_purpose(int index);

/* Dice: 2 both / (truth + found). IoU: both / either. Precision: both / found. Recall: both / truth; all four
 * 1 where an image has no pixel of the class in either. Accuracy: the share of pixels on which both agree
 * whether they are of the class; of all classes, that are right. Boundary: mean distance of the outlines of
 * truth and result from each other, none where pixels are not labelled or one of them has no outline.
 * Calibration error: how far probabilities are from the share that is right, 15 bins, over all classes. */
#define FRINGE_SCORE_LIST(X)                                                                                 \
    X(FRINGE_SCORE_DICE, "dice")                                                                             \
    X(FRINGE_SCORE_IOU, "iou")                                                                               \
    X(FRINGE_SCORE_PRECISION, "precision")                                                                   \
    X(FRINGE_SCORE_RECALL, "recall")                                                                         \
    X(FRINGE_SCORE_ACCURACY, "accuracy")                                                                     \
    X(FRINGE_SCORE_BOUNDARY_NM, "boundary_nm")                                                               \
    X(FRINGE_SCORE_BOUNDARY_PX, "boundary_px")                                                               \
    X(FRINGE_SCORE_CALIBRATION_ERROR, "calibration_error")

typedef enum fringe_score {
#define FRINGE_SCORE_ENUM(symbol, name) symbol,
    FRINGE_SCORE_LIST(FRINGE_SCORE_ENUM)
#undef FRINGE_SCORE_ENUM
        FRINGE_SCORE_COUNT
} fringe_score;

/* The name of a score, "boundary_nm"; static text. */
FRINGE_API const char *fringe_score_name(fringe_score score);

/* What a row is about. */
typedef enum fringe_evaluate_extent {
    FRINGE_EVALUATE_IMAGE,  /* one image */
    FRINGE_EVALUATE_POOLED, /* the pixels of all images taken together */
    FRINGE_EVALUATE_MEAN    /* the mean of the images' scores */
} fringe_evaluate_extent;

/* The scores of one method for one class, NAN where there is none. Rows of one method stand together: image
 * by image, then pooled, then the mean; in each, class by class, then the mean of the classes that are there.
 */
typedef struct fringe_evaluate_row {
    fringe_evaluate_extent extent;
    const char *method;     /* as it was named */
    const char *image;      /* its path; "" for all */
    int32_t class_index;    /* -1: the mean of the classes */
    const char *class_name; /* "mean" for that */
    double values[FRINGE_SCORE_COUNT];
    /* The middle 95 % of a bootstrap over images; NAN in the rows of images and where there is one alone. */
    double low[FRINGE_SCORE_COUNT], high[FRINGE_SCORE_COUNT];
} fringe_evaluate_row;

/* The caller frees it with fringe_evaluation_free. */
typedef struct fringe_evaluation {
    fringe_evaluate_row *rows;
    size_t row_count, image_count, class_count;
    void *texts; /* the library's own */
} fringe_evaluation;

/* Scores every method on every image: files, and the images in folders (label images in a folder are not
 * images). `options` may not be NULL and names at least one method. All or nothing: an image that has no
 * labels, or that cannot be read, ends the call and is named. FRINGE_ARGUMENT for options outside their
 * ranges, methods that cannot be compared (other numbers of classes) and labels that no class has, with the
 * value; FRINGE_MISMATCH for labels of another size; FRINGE_MODEL for a network that cannot be loaded or
 * gives neither a mask nor classes. On failure *evaluation is empty. */
FRINGE_API fringe_status fringe_evaluate(const char *const *paths, size_t path_count,
                                         const fringe_evaluate_options *options, const fringe_run *run,
                                         fringe_evaluation *evaluation, fringe_error *error);

/* Frees and empties. An empty one is accepted. */
FRINGE_API void fringe_evaluation_free(fringe_evaluation *evaluation);

#ifdef __cplusplus
}
#endif
#endif
