/* fault_features.h - what a particle's lattice says about faults, as numbers for a forest.
 *
 * A pure function of pixels, mask and pixel size. No feature is NaN or infinite. They do not depend on how
 * the particle is turned, on how much background is cut out with it, on gain, offset or slow changes of the
 * light. Lengths are in spacings of the particle's strongest reflection, so that the same forest serves where
 * the pixel size is not known. Those named *_evidence and *_contrast are logarithms of signal over noise and
 * grow with the dose, as what can be known does (evidence against a fault is below zero); so do those from
 * peak_2 to ring_rise, which say whether a lattice is there; the others do not. The last five are the
 * published ones, which depend on everything. A particle too small or too flat for a spectrum has zeros; one
 * without spots has what its rings say alone.
 */
#ifndef FAULTS_FAULT_FEATURES_H
#define FAULTS_FAULT_FEATURES_H

#include "faults/fault_lines.h"

/* Changes with any feature's name, order or meaning: forests keep it beside them. */
enum { FAULT_FEATURES_VERSION = 4 };

/* X(name). Numbers in names count normals of lines, the best first. */
#define FAULT_FEATURE_LIST(X)                                                                                \
    /* spots: how many, how far they stand out, how many lie on one net */                                   \
    X(spot_count)                                                                                            \
    X(first_contrast)                                                                                        \
    X(second_contrast) /* of another direction */                                                            \
    X(indexed_share)   /* of the spots */                                                                    \
    X(indexed_power)   /* of the spots' power above noise */                                                 \
    X(net_residual)                                                                                          \
    X(net_ratio) /* longer basis vector over shorter */                                                      \
    X(net_angle_deg)                                                                                         \
    X(crystal_share) /* of the spectrum's power that lies in spots */                                        \
    X(size_spacings) /* the window's length */                                                               \
    X(direction_count)                                                                                       \
    X(ring_count) /* spots as long as the strongest one, within 5 % */                                       \
    /* what stands out where no spot is sure: ring_contrast.h says what each number is */                    \
    X(peak_2)                                                                                                \
    X(peak_3)                                                                                                \
    X(share_8)                                                                                               \
    X(ring_spread)                                                                                           \
    X(ring_rise)                                                                                             \
    /* symmetry: the power at the strongest spot's length, by angle: size of its 2-, 4-, 6-, 10-fold part */ \
    X(fold_2)                                                                                                \
    X(fold_4)                                                                                                \
    X(fold_6)                                                                                                \
    X(fold_10)                                                                                               \
    /* streaks: how much longer spots are along the best normal than across it; the same for mirror images   \
     */                                                                                                      \
    X(streak_most)                                                                                           \
    X(streak_glide)                                                                                          \
    X(streak_twin)                                                                                           \
    X(mirror_glide)                                                                                          \
    X(mirror_twin)                                                                                           \
    /* a glide of one side of a line: fault_lines.h says what each number is */                              \
    X(glide_1_evidence)                                                                                      \
    X(glide_1_share)                                                                                         \
    X(glide_1_strength)                                                                                      \
    X(glide_1_third)                                                                                         \
    X(glide_1_next)                                                                                          \
    X(glide_1_along)                                                                                         \
    X(glide_1_offset) /* from the middle, of the extent */                                                   \
    X(glide_1_length)                                                                                        \
    X(glide_1_waves)                                                                                         \
    X(glide_2_evidence)                                                                                      \
    X(glide_2_share)                                                                                         \
    X(glide_2_strength)                                                                                      \
    /* reflections that change places with their mirror images across a line */                              \
    X(twin_1_evidence)                                                                                       \
    X(twin_1_share)                                                                                          \
    X(twin_1_strength)                                                                                       \
    X(twin_1_along)                                                                                          \
    X(twin_1_offset)                                                                                         \
    X(twin_1_length)                                                                                         \
    X(twin_1_waves)                                                                                          \
    X(twin_2_evidence)                                                                                       \
    X(twin_2_share)                                                                                          \
    X(twin_2_strength)                                                                                       \
    /* the widest spacing over that of their normals */                                                      \
    X(glide_1_layer)                                                                                         \
    X(twin_1_layer)                                                                                          \
    /* the best glide by a third of the period; the next one is across another normal */                     \
    X(third_evidence)                                                                                        \
    X(third_share)                                                                                           \
    X(third_strength)                                                                                        \
    X(third_offset)                                                                                          \
    X(third_layer)                                                                                           \
    X(third_next_evidence)                                                                                   \
    /* the nearest layers on either side of a line, and some more: line_jumps.h */                           \
    X(jump_near_evidence)                                                                                    \
    X(jump_near_share)                                                                                       \
    X(jump_near_coherence)                                                                                   \
    X(jump_near_next_evidence)                                                                               \
    X(jump_far_evidence)                                                                                     \
    X(jump_far_share)                                                                                        \
    X(jump_far_coherence)                                                                                    \
    X(jump_far_next_evidence)                                                                                \
    /* whether the reflections share their places: lattice_domains.h */                                      \
    X(domain_overlap)                                                                                        \
    X(domain_correlation)                                                                                    \
    X(domain_order)                                                                                          \
    X(domain_order_least)                                                                                    \
    X(domain_evenness)                                                                                       \
    X(domain_count)                                                                                          \
    X(domain_power_count)                                                                                    \
    X(published_ring_mean)                                                                                   \
    X(published_ring_sd)                                                                                     \
    X(published_pixel_mean)                                                                                  \
    X(published_pixel_sd)                                                                                    \
    X(published_ring_centre)

enum fault_feature {
#define FAULT_FEATURE_ENUM(name) FEATURE_##name,
    FAULT_FEATURE_LIST(FAULT_FEATURE_ENUM)
#undef FAULT_FEATURE_ENUM
        FAULT_FEATURE_COUNT
};

/* Static text. */
const char *fault_feature_name(enum fault_feature feature);

/* What was found on the way to the features: where to draw a plane, and which spots belong to it. */
struct fault_findings {
    struct lattice_spots spots;
    struct fault_lines lines;
    double centre_x_px, centre_y_px; /* of the window in the region, which lines are measured from; pixel (x,
                                        y) has its middle at x, y */
};

/* Fills `features`, and `findings` where it is not NULL. A particle too small or too flat for a spectrum is
 * no failure: it has no lattice. FRINGE_ARGUMENT for an empty mask or one too large to transform;
 * FRINGE_MEMORY. */
fringe_status fault_features_compute(const struct lattice_region *region,
                                     double features[FAULT_FEATURE_COUNT], struct fault_findings *findings,
                                     fringe_error *error);

#endif
