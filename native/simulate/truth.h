/* truth.h - truth.csv: what was drawn for each image and each of its particles. */
#ifndef SIMULATE_TRUTH_H
#define SIMULATE_TRUTH_H

#include <stdio.h>

#include "simulate/electrode.h"
#include "simulate/scene.h"

/* The line of column names for a subject. For micrographs the lines of one image: one for each particle, or
 * one with empty particle columns. For electrodes one line with what was drawn and each phase's share of the
 * volume. Numbers have 6 digits and a decimal point under every locale. Whether the stream took them is its
 * owner's to ask. */
void truth_write_names(FILE *stream, enum recipe_subject subject);
void truth_write_scene(FILE *stream, const char *image, const struct scene *scene,
                       const struct scene_exposure *exposure);
void truth_write_electrode(FILE *stream, const char *image, const struct electrode *electrode);

#endif
