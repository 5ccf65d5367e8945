/* recipe.h - the range of everything that a simulated image draws.
 *
 * A recipe file is a YAML map. A key of the list below holds a number or [lowest, highest]; `materials` and
 * `shapes` hold lists of names, `preset` names the preset that the rest of the file changes.
 */
#ifndef SIMULATE_RECIPE_H
#define SIMULATE_RECIPE_H

#include "crystal/grain.h"
#include "crystal/phase.h"
#include "fringe/status.h"

enum recipe_kind {
    RECIPE_LINEAR, /* uniform */
    RECIPE_LOG,    /* uniform in the logarithm */
    RECIPE_WHOLE,  /* a whole number, both ends included */
    RECIPE_CHANCE  /* 1 with this probability, else 0; one number */
};

/* X(name, kind, lowest and highest by default, lowest and highest that are allowed). Those up to
 * PARTICLE_COUNT are drawn once for each image and stand in truth.csv, the others once for each particle. */
#define RECIPE_LIST(X)                                                                                       \
    X(size_px, RECIPE_WHOLE, 512, 512, 32, 4096)                                                             \
    X(pixel_size_nm, RECIPE_LOG, 0.01, 0.05, 0.002, 0.2)                                                     \
    X(wave_pixel_nm, RECIPE_LINEAR, 0.02, 0.02, 0.004, 0.05) /* the wave's grid is at least as fine */       \
    X(slice_nm, RECIPE_LINEAR, 0.2, 0.2, 0.02, 1)                                                            \
    X(margin_nm, RECIPE_LINEAR, 1.5, 1.5, 0, 10) /* simulated around the image, so that it has no seam */    \
    X(phonon_count, RECIPE_WHOLE, 8, 8, 1, 1000)                                                             \
    X(vibration, RECIPE_LINEAR, 1, 1, 0, 3) /* of room temperature's amplitude */                            \
    X(voltage_kv, RECIPE_LINEAR, 80, 300, 20, 1000)                                                          \
    X(corrected, RECIPE_CHANCE, 0.5, 0.5, 0, 1) /* the next two with a corrector, the two behind without */  \
    X(corrected_cs_um, RECIPE_LINEAR, -10, 10, -100, 100)                                                    \
    X(corrected_defocus_nm, RECIPE_LINEAR, -25, 25, -1000, 1000) /* positive: underfocus */                  \
    X(uncorrected_cs_mm, RECIPE_LINEAR, 0.5, 1.4, 0, 10)                                                     \
    X(uncorrected_defocus_nm, RECIPE_LINEAR, -60, 60, -1000, 1000) /* beyond Scherzer's */                   \
    X(astigmatism_nm, RECIPE_LINEAR, 0, 5, 0, 1000)                                                          \
    X(threefold_nm, RECIPE_LINEAR, 0, 50, 0, 10000)                                                          \
    X(coma_nm, RECIPE_LINEAR, 0, 50, 0, 10000)                                                               \
    X(tilt_mrad, RECIPE_LINEAR, 0, 0.5, 0, 20)                                                               \
    X(focal_spread_nm, RECIPE_LINEAR, 1, 5, 0, 100)                                                          \
    X(convergence_mrad, RECIPE_LINEAR, 0.02, 0.3, 0, 5)                                                      \
    X(mtf_at_nyquist, RECIPE_LINEAR, 0.1, 0.6, 0.01, 1)                                                      \
    X(dose_per_a2, RECIPE_LOG, 30, 3000, 0.01, 1e6)                                                          \
    X(illumination, RECIPE_LINEAR, 0, 0.2, 0, 0.9) /* change across the image, of the mean */                \
    X(xray_per_megapixel, RECIPE_LINEAR, 0, 20, 0, 10000)                                                    \
    X(drift_nm, RECIPE_LINEAR, 0, 0.04, 0, 10)                                                               \
    X(support, RECIPE_CHANCE, 0.85, 0.85, 0, 1)                                                              \
    X(nitride, RECIPE_CHANCE, 0.2, 0.2, 0, 1) /* the support is silicon nitride instead of carbon */         \
    X(support_nm, RECIPE_LINEAR, 2, 10, 0.2, 100)                                                            \
    X(particle_count, RECIPE_WHOLE, 0, 6, 0, 200)                                                            \
    X(diameter_nm, RECIPE_LINEAR, 1.5, 7, 0.5, 50)                                                           \
    X(on_zone, RECIPE_CHANCE, 0.6, 0.6, 0, 1)                                                                \
    X(zone_tilt_deg, RECIPE_LINEAR, 0, 2, 0, 90) /* away from the zone axis */                               \
    X(faulted, RECIPE_CHANCE, 0.5, 0.5, 0, 1)                                                                \
    X(fault_count, RECIPE_WHOLE, 1, 3, 1, 3)                                                                 \
    X(strain, RECIPE_LINEAR, 0, 0.01, 0, 0.1)                                                                \
    X(touching, RECIPE_CHANCE, 0.2, 0.2, 0, 1)                                                               \
    X(overlapping, RECIPE_CHANCE, 0.1, 0.1, 0, 1)

enum recipe_key {
#define RECIPE_ENUM(name, kind, low, high, lowest, highest) KEY_##name,
    RECIPE_LIST(RECIPE_ENUM)
#undef RECIPE_ENUM
        RECIPE_KEY_COUNT
};

struct recipe_range {
    double low, high;
};

struct recipe {
    struct recipe_range ranges[RECIPE_KEY_COUNT];
    int materials[PHASE_COUNT], material_count;
    enum grain_shape shapes[5];
    int shape_count;
};

const char *recipe_key_name(enum recipe_key key);
enum recipe_kind recipe_key_kind(enum recipe_key key);

/* A preset by its name; FRINGE_ARGUMENT where there is none. */
fringe_status recipe_preset(const char *name, struct recipe *recipe, fringe_error *error);

/* A recipe file. FRINGE_FORMAT names line, key and numbers. */
fringe_status recipe_read(const char *path, struct recipe *recipe, fringe_error *error);

#endif
