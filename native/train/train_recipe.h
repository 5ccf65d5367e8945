/* train_recipe.h - what a training's YAML file asks for.
 *
 * A file has the maps data, network, training and augmentation and some texts beside them; examples/
 * train-your-own-network/recipe.yaml shows them all. Every key is checked: an unknown one, a value of another
 * kind and a number out of its range are refused with file, line and both numbers. What is not said has the
 * default that the table in train_recipe.c gives.
 */
#ifndef TRAIN_TRAIN_RECIPE_H
#define TRAIN_TRAIN_RECIPE_H

#include "base/digest.h"
#include "text/text_tree.h"
#include "train/augmentation.h"
#include "train/trainer.h"

enum { TRAIN_RECIPE_MOST_TEXTS = 256 };

enum train_normalize {
    TRAIN_ZSCORE,     /* each image to mean 0, standard deviation 1 */
    TRAIN_MINMAX,     /* each image to 0 .. 1 */
    TRAIN_PERCENTILE, /* each image: 1st percentile to 0, 99.8th to 1 */
    TRAIN_FIXED       /* (value - subtract) / divide: the absolute scale stays */
};

struct train_texts {
    const char *items[TRAIN_RECIPE_MOST_TEXTS];
    size_t count;
};

struct train_recipe {
    struct text_tree *tree; /* owns the texts */
    char *folder;           /* what relative names start from: the recipe's */
    unsigned char *bytes;   /* the file itself */
    size_t byte_count;
    char sha256[DIGEST_TEXT_BYTES];

    const char *name, *description, *license, *author, *polarity;
    struct augmentation_range dose_e_per_a2; /* 0, 0: not said */
    int lattice_filter;                      /* 1: the finished model asks for image/lattice_filter.h */
    int drop_ghosts;                         /* 1: and for segment/segment_ghosts.c */

    struct train_texts train, validation; /* files and folders */
    const char *truth, *validation_truth; /* folders of labels; NULL: beside the images */
    double validation_share;              /* of the training images, where none are named for it */
    const char *preset, *recipe;          /* of simulated images; NULL for none */
    int32_t simulate_count;
    double simulate_seed;
    double classes[ARCHITECTURE_MOST_CLASSES]; /* label value of each class; class_count 0: 0, 1, ... */
    size_t class_count;
    double ignore; /* label value that says nothing; -1: none */
    struct train_texts class_names;
    double pixel_size_nm; /* calibrated images are resampled to it; 0: never */
    enum train_normalize normalize;
    double subtract, divide;
    double gain, shift, zero; /* the same as value * gain + shift; 0 */
    double memory_mib;        /* of images that are kept in memory */

    struct trainer_settings trainer;
    int32_t batch, crop_px, epochs, steps_per_epoch, patience;
    double seed;
    struct augmentation_settings augmentation;
};

/* Reads a file. The caller clears the recipe, also after a failure. */
fringe_status train_recipe_read(const char *path, struct train_recipe *recipe, fringe_error *error);
void train_recipe_clear(struct train_recipe *recipe);

/* "zscore" and so on. Static text. */
const char *train_recipe_normalize_name(enum train_normalize normalize);

#endif
