/* truth.h - truth.csv: what was drawn for each image and each of its particles. */
#ifndef SIMULATE_TRUTH_H
#define SIMULATE_TRUTH_H

#include <stdio.h>

#include "simulate/scene.h"

/* The line of column names, and the lines of one image: one for each particle, or one with empty particle
 * columns. Numbers have 6 digits and a decimal point under every locale. Whether the stream took them is its
 * owner's to ask. */
void truth_write_names(FILE *stream);
void truth_write_scene(FILE *stream, const char *image, const struct scene *scene);

#endif
