/* forest_recipe.h - what the training of a forest is asked for: a YAML file with `kind: forest`.
 *
 *     kind: forest
 *     name: Faults of CdTe particles
 *     description: ...            license, author: as they shall stand in the package
 *     data:
 *       table: particles.csv      from the recipe's folder on
 *       label: class              the column of classes
 *       features: [area, ...]     default: every other column
 *       ignore: [image]           but these
 *       version: 1                of the features: a number that whoever computes them changes with them
 *     or
 *     data:
 *       crops: particles          a folder with a folder for each class, in it images of single particles
 *       features: [...]           default: those of faults/ that `fringe classify` asks a forest for; these
 *       ignore: [fold_2]          but these; label and version are not asked for: both are known
 *     forest:
 *       trees: 500                criterion: gini, entropy;  splits: histogram, exact
 *       draw: sqrt                or log2, all: features tried at a split;  bootstrap: true
 *       balance: none             or balanced, each-tree: what a row of each class counts
 *       depth: 0                  0: no limit;  least_split: 2;  least_leaf: 1;  seed: 0
 *       calibrate: true           by the rows that each tree has not seen
 *     or
 *     boost:                      each tree corrects those before it: forest/forest_boost.h
 *       rounds: 200               rate: 0.06;  leaves: 12;  least_leaf: 15;  seed: 0
 *       draw: 0.3                 the part of the features tried at a split
 *
 * An unknown key, and a value that is out of its range, are refused with file, line and both numbers.
 */
#ifndef TRAIN_FOREST_RECIPE_H
#define TRAIN_FOREST_RECIPE_H

#include "base/digest.h"
#include "forest/forest_boost.h"
#include "text/text_tree.h"
#include "train/forest_samples.h"

struct forest_recipe {
    const char *name, *description, *license, *author;
    const char *table, *crops; /* one of them; as written: from `folder` on */
    struct forest_columns columns;
    int64_t feature_version;
    struct forest_settings settings;
    int calibrate;
    int is_boosted; /* then `boost` counts, not `settings` and `calibrate` */
    struct forest_boost_settings boost;
    unsigned char *bytes; /* the file itself */
    size_t byte_count;
    char sha256[DIGEST_TEXT_BYTES];
    char *folder;
    struct text_tree *tree; /* owns the texts */
    const char **names;     /* of columns */
};

/* Reads a recipe. Where its kind is another one *is_forest is 0 and nothing else was read. The caller clears
 * *recipe, also after a failure. */
fringe_status forest_recipe_read(const char *path, struct forest_recipe *recipe, int *is_forest,
                                 fringe_error *error);
void forest_recipe_clear(struct forest_recipe *recipe);

#endif
