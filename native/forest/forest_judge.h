/* forest_judge.h - how good a forest is and which features it needs, without other data.
 *
 * A tree has not seen the rows that its draw left out, about 37 of 100: their answers are as good as those
 * for rows of another table. Permutation importance is what accuracy a forest loses when one feature's values
 * change places among the rows: Breiman, Mach. Learn. 45, 5 (2001), DOI 10.1023/A:1010933404324. The same
 * for any number of threads.
 */
#ifndef FOREST_FOREST_JUDGE_H
#define FOREST_FOREST_JUDGE_H

#include "forest/forest_grow.h"

/* Each row's probabilities by the trees that did not see it: (row_count, class_count), all 0 for rows that
 * every tree saw. Settings and table must be those that the forest was grown with, by forest_grow in this
 * process. `accuracy` (may be NULL) takes the share of right classes among the judged rows, 0 where there is
 * none. FRINGE_ARGUMENT where trees were grown without bootstrap, FRINGE_CANCELLED, FRINGE_MEMORY. */
fringe_status forest_judge_out_of_bag(const struct forest *forest, const struct forest_settings *settings,
                                      const struct forest_table *table, const fringe_run *run,
                                      float *probabilities, double *accuracy, fringe_error *error);

/* The share of a table's rows whose class a forest names. */
fringe_status forest_judge_accuracy(const struct forest *forest, const struct forest_table *table,
                                    const fringe_run *run, double *accuracy, fringe_error *error);

/* The accuracy lost by each feature: mean and standard deviation (over `repeat_count` of 2 or more shuffles;
 * 0 for one) in mean[feature_count] and deviation[feature_count] (may be NULL). The table should be one that
 * the forest has not seen. */
fringe_status forest_judge_permutation(const struct forest *forest, const struct forest_table *table,
                                       uint32_t repeat_count, uint64_t seed, const fringe_run *run,
                                       double *mean, double *deviation, fringe_error *error);

#endif
