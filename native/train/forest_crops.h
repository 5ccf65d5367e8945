/* forest_crops.h - a forest's rows from images: a folder for each class, in it crops of particles.
 *
 * What the published work trained on. The folder's name is the class; each image in it, and each page of a
 * stack, is one particle, all of its pixels taken for it. Its row are the features of faults/, in nm where
 * the file has a pixel size. Files beside the classes' folders, and names that begin with a dot, are left
 * alone.
 */
#ifndef TRAIN_FOREST_CROPS_H
#define TRAIN_FOREST_CROPS_H

#include "fringe/run.h"
#include "train/forest_samples.h"

/* Without a list of features the rows hold those that `fringe classify` asks a forest for, less the ignored
 * ones. Fills the same samples from the same files whatever the number of threads. The caller clears
 * *samples, also after a failure. FRINGE_FILE and FRINGE_FORMAT name the file: a folder with less than two
 * classes, a class without crops, a feature that Fringe does not know, a crop of more than
 * FRINGE_FAULT_BOX_MOST pixels across, and whatever is no image. */
fringe_status forest_crops_read(const char *folder, const struct forest_columns *columns,
                                const fringe_run *run, struct forest_samples *samples, fringe_error *error);

#endif
