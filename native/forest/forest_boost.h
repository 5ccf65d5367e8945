/* forest_boost.h - boosted forests from a table: each tree corrects those before it.
 *
 * Friedman, Ann. Stat. 29, 1189 (2001), DOI 10.1214/aos/1013203451. Scores become probabilities by a softmax,
 * of two classes by a logistic function. In each round a tree for each class (one for two classes) is fitted
 * to what is left to explain, and a small part of its answer is added. A tree splits the leaf that gains
 * most, among at most 256 thresholds of a feature (forest_bins.h), by Newton's steps as in XGBoost (Chen and
 * Guestrin, DOI 10.1145/2939672.2939785).
 *
 * Where features say different parts of an answer it needs fewer and smaller trees than a forest of
 * independent ones, and learns more from more rows. There are no rows that a tree has not seen, so nothing
 * can be judged or calibrated without other data; its probabilities are those that make the table likeliest.
 * The same forest for any number of threads.
 */
#ifndef FOREST_FOREST_BOOST_H
#define FOREST_FOREST_BOOST_H

#include "forest/forest_grow.h"

struct forest_boost_settings {
    uint32_t round_count;
    double rate;         /* the part of each tree's answer that is added: above 0, at most 1 */
    uint32_t leaf_count; /* of a tree at most: 2 or more */
    uint32_t least_leaf; /* no leaf has fewer rows: 1 or more */
    double draw_share;   /* of the features, tried at a split, drawn anew each time: above 0, at most 1 */
    uint64_t seed;
};

/* 200 rounds of rate 0.06, 12 leaves of 15 rows and more, three features in ten, seed 0. */
void forest_boost_settings_init(struct forest_boost_settings *settings);

/* As forest_grow: `importance` are shares of what the splits gain. */
fringe_status forest_boost(const struct forest_boost_settings *settings, const struct forest_table *table,
                           const char *const *class_names, const fringe_run *run, struct forest **forest,
                           double *importance, fringe_error *error);

#endif
