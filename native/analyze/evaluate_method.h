/* evaluate_method.h - a network or a classical method, applied to one slice in the same way. */
#ifndef ANALYZE_EVALUATE_METHOD_H
#define ANALYZE_EVALUATE_METHOD_H

#include "fringe/micrograph.h"
#include "fringe/model.h"
#include "fringe/segment.h"
#include "segment/baseline.h"

struct evaluate_method {
    const char *name;    /* as the caller named it */
    fringe_model *model; /* owned; NULL for a baseline */
    fringe_model_info info;
    enum baseline_method baseline;
};

/* Loads a network; `class_count` is set to what it tells apart. FRINGE_MODEL where it cannot be loaded, or
 * gives neither a mask nor classes. FRINGE_ARGUMENT for a baseline that is not known, with the names that
 * are. */
fringe_status evaluate_method_load(const char *name, const fringe_run *run, struct evaluate_method *method,
                                   int *class_count, fringe_error *error);
fringe_status evaluate_method_find(const char *name, struct evaluate_method *method, fringe_error *error);
void evaluate_method_clear(struct evaluate_method *method);

/* One slice of a micrograph, with truth (H, W): the class of each pixel, 255 where it is not labelled. */
struct evaluate_scene {
    fringe_micrograph *micrograph;
    int32_t slice;
    const uint8_t *truth;
    int class_count;
    const fringe_segment_options *options;
};

/* Fills predicted (H, W) with classes, and confidence (H, W) with the probability of each, where the method
 * has such: *has_confidence is then 1. */
fringe_status evaluate_method_apply(const struct evaluate_method *method, const struct evaluate_scene *scene,
                                    const fringe_run *run, uint8_t *predicted, float *confidence,
                                    int *has_confidence, fringe_error *error);

#endif
