/* batch_outputs.h - where the results of each input go, decided before any work.
 *
 * Results stand beside their input, or under an output folder that mirrors the subfolders of a named folder.
 * Two inputs may not have the same results, whichever way their paths are spelt: links are resolved, and
 * names that differ in the case of ASCII letters only count as the same, because some file systems cannot
 * tell them apart.
 */
#ifndef ANALYZE_BATCH_OUTPUTS_H
#define ANALYZE_BATCH_OUTPUTS_H

#include "analyze/batch_inputs.h"
#include "fringe/model.h"
#include "fringe/run.h"
#include "fringe/status.h"

/* What follows the stem in the names of the results of one batch; NULL: not written, or not known yet. */
struct batch_suffixes {
    const char *mask;        /* of a model: "-mask.tif", "-classes.tif"; "-output.tif" for other numbers */
    const char *probability; /* of a model: "-probability.tif" */
    const char *labels;      /* of particles: "-labels.tif" */
    const char *table;       /* of particles: "-particles.csv" */
    const char *rois;        /* of particles: "-rois.zip" */
    const char *overlay;     /* of either: "-overlay.png" */
};

enum { BATCH_SUFFIX_MOST = 6 };

/* Lists those that are not NULL, in the order in which results are put in place; returns their number. */
size_t batch_suffixes_list(const struct batch_suffixes *suffixes, const char *list[BATCH_SUFFIX_MOST]);

/* Fills in directory and prefix of every input that may have results. An input that is named twice
 * is taken out of the list with a notice. FRINGE_ARGUMENT where the output folder is a file and,
 * naming both, where two inputs would have the same results or one would be replaced by the result of
 * another. */
fringe_status batch_outputs_assign(struct batch_inputs *inputs, const char *output_directory,
                                   const struct batch_suffixes *suffixes, const fringe_run *run,
                                   fringe_error *error);

#endif
