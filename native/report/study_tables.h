/* study_tables.h - the tables of a batch: `particles.csv`, the rows of all images, and `summary.csv`. */
#ifndef REPORT_STUDY_TABLES_H
#define REPORT_STUDY_TABLES_H

#include "report/study.h"
#include "report/study_summary.h"

/* How the files of a batch begin that Fringe writes; others are never replaced. */
#define STUDY_PARTICLES_HEAD " ,image,Label"
#define STUDY_SUMMARY_HEAD   "image,status,message,unit,"

/* Writes the rows of the images' tables behind each other, numbered anew, with the image in a column of its
 * own. Columns that an image's table lacks hold NaN there, but 1 for Slice and Ch. Complete or absent. */
fringe_status study_write_particles(const struct study *study, const char *path, fringe_error *error);

/* Writes a row for each image, those that failed among them, and a row "all" for each unit that has
 * particles. `summaries` has one for each unit. Complete or absent. */
fringe_status study_write_summary(const struct study *study, const struct study_summary *summaries,
                                  const char *path, fringe_error *error);

#endif
