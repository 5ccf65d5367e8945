/* batch_inputs.h - which files a batch works on: named ones, and the images in named folders.
 *
 * A file that is named is an input whatever it holds. In a folder, files whose names end like an image are
 * taken in the order of their names, hidden ones are not; subfolders only on request. A folder without any is
 * an input that fails. What Fringe itself
 * wrote is no input: a named file stays in the list, marked; in a folder it is passed over and counted. So
 * are files in a folder of micrographs whose names are those of labels (X-mask.*, X_label.*, ...).
 */
#ifndef ANALYZE_BATCH_INPUTS_H
#define ANALYZE_BATCH_INPUTS_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

/* What a batch takes. For its measurements results of Fringe's are the very inputs: a named file is one
 * whatever wrote it. In a folder, which holds micrographs too, only names count that end as those of labels
 * do (X-mask.*, X_label.*, X-classes.*, ...), and of Fringe's own files not X-labels.tif, which is what a
 * measurement itself has written there. */
enum batch_wanted { BATCH_MICROGRAPHS, BATCH_LABELS };

struct batch_input {
    char *path;      /* as named, or the named folder and what lies below it */
    char *subfolder; /* of the named folder, "" at its top and for a named file: what an output folder mirrors
                      */
    char *failure;   /* why it cannot be read, NULL where nothing is known against it yet */
    int own_output;  /* 1: Fringe wrote it, and it is no input for that */
    int64_t weight;  /* values in all its slices, at least 1: its share of the progress */
    /* Where its results go, filled in by batch_outputs_assign. */
    char *directory; /* the folder */
    char *prefix;    /* folder and stem: "-mask.tif" and so on follow */
};

struct batch_inputs {
    struct batch_input *items;
    size_t count, capacity;
};

/* Lists the inputs; opens each once for its size and origin. FRINGE_CANCELLED and FRINGE_MEMORY are the only
 * failures: a file or folder that cannot be read is an input with its failure. The caller frees with
 * batch_inputs_free, whatever the result. */
fringe_status batch_inputs_collect(struct batch_inputs *inputs, const char *const *paths, size_t path_count,
                                   enum batch_wanted wanted, int recursive, const fringe_run *run,
                                   fringe_error *error);

/* Takes one input out of the list. */
void batch_inputs_remove(struct batch_inputs *inputs, size_t index);

void batch_inputs_free(struct batch_inputs *inputs);

#endif
