/* samples.h - the images of a training: read, prepared as a network's input is, cropped by seed.
 *
 * Images and labels come in pairs (io/label_read.h). Each image is prepared once and whole, with the very
 * steps that inference takes from the finished package: burnt-in bars are left out, calibrated images are
 * resampled to the network's pixel size, the statistics are those of the whole slice. Every slice of a stack
 * is a sample. Where a memory limit is passed, further samples are read anew each time they are looked at.
 */
#ifndef TRAIN_SAMPLES_H
#define TRAIN_SAMPLES_H

#include "model/preparation.h"
#include "train/train_recipe.h"
#include "train/training.h"

struct samples;

/* Where images of one kind lie. */
struct samples_place {
    const struct train_texts *paths; /* files and folders, relative to `folder` */
    const char *folder, *truth;      /* truth: folder of the labels, relative too; NULL: beside the images */
};

/* Reads what `place` names. Label values become classes as the recipe says; one that no class has is
 * FRINGE_FORMAT with file and value, images without labels FRINGE_FILE, other channels than the recipe's
 * FRINGE_MISMATCH. The recipe must outlive the samples. */
fringe_status samples_open(const struct train_recipe *recipe, const struct samples_place *place,
                           const fringe_run *run, struct samples **samples, fringe_error *error);
void samples_free(struct samples *samples); /* NULL is accepted */

size_t samples_count(const struct samples *samples);

/* Moves a share of the samples, drawn by the recipe's seed, into a set of their own: at least one, and at
 * least one stays. *taken is empty where there are fewer than two. */
fringe_status samples_split(struct samples *samples, double share, struct samples **taken,
                            fringe_error *error);

/* A text that differs where images or labels do: SHA-256 over names and bytes, in order. */
void samples_digest(const struct samples *samples, char text[DIGEST_TEXT_BYTES]);

/* What the samples are like, for the card; 0 where nothing is calibrated. */
struct samples_facts {
    double nm_per_px_min, nm_per_px_max;           /* of the files */
    double class_share[ARCHITECTURE_MOST_CLASSES]; /* of the labelled pixels */
};
void samples_get_facts(const struct samples *samples, struct samples_facts *facts);

/* Batches of crops, and whole images for validation, as training_run takes them. They live as long as the
 * samples. */
struct train_source samples_source(struct samples *samples);
struct training_validation samples_validation(struct samples *samples);

/* The steps of a recipe's preparation, as a package's description gives them too; at most SAMPLES_MOST_STEPS.
 * They point into the recipe. */
enum { SAMPLES_MOST_STEPS = 1 };
size_t samples_steps(const struct train_recipe *recipe, struct step steps[SAMPLES_MOST_STEPS]);

/* Pixels of a sample as they are before the preparation, on the network's grid: (channels, height, width),
 * the top left corner of at most side_px, both sides multiples of step_px; given to alloc_free.
 * FRINGE_MISMATCH where the sample is smaller than that. */
fringe_status samples_raw(const struct samples *samples, size_t index, int32_t side_px, int32_t step_px,
                          const fringe_run *run, float **pixels, int32_t *height_px, int32_t *width_px,
                          fringe_error *error);

#endif
