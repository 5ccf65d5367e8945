/* train_package.h - the finished training as a bioimage.io package (format 0.5).
 *
 * Beside the network stand test tensors, the recipe, the curve of the loss, and a card that says from which
 * data the network came and how it did. rdf.yaml is written last: where it lies, all else is complete. No
 * file holds a date, so that the same training gives the same bytes.
 */
#ifndef TRAIN_TRAIN_PACKAGE_H
#define TRAIN_TRAIN_PACKAGE_H

#include "train/samples.h"

#define TRAIN_PACKAGE_DESCRIPTION "rdf.yaml"

struct train_package {
    const struct train_recipe *recipe;
    const struct samples *train, *validation; /* validation may be empty */
    const struct training_curve *curve;
    const char *directory; /* holds TRAINING_MODEL */
    const char *data_sha256;
    const char *from_sha256; /* of the network that it started from; NULL: from none */
};

fringe_status train_package_write(const struct train_package *package, const fringe_run *run,
                                  fringe_error *error);

#endif
