/* recipe.h - the range of everything that a simulated image draws.
 *
 * A recipe file is a YAML map. A key of the list below holds a number or [lowest, highest]; `materials` and
 * `shapes` hold lists of names, `preset` names the preset that the rest of the file changes and with it what
 * is made: micrographs where none is named.
 */
#ifndef SIMULATE_RECIPE_H
#define SIMULATE_RECIPE_H

#include "base/digest.h"
#include "base/rng.h"
#include "crystal/grain.h"
#include "crystal/phase.h"
#include "fringe/status.h"

/* What a recipe makes: micrographs by multislice; sections of an electrode in two channels; its tomograms. */
enum recipe_subject { RECIPE_MICROGRAPH, RECIPE_SECTION, RECIPE_TOMOGRAM };

enum recipe_kind {
    RECIPE_LINEAR, /* uniform */
    RECIPE_LOG,    /* uniform in the logarithm */
    RECIPE_WHOLE,  /* a whole number, both ends included */
    RECIPE_CHANCE, /* 1 with this probability, else 0; one number */
    RECIPE_FIXED   /* one whole number, not drawn */
};

/* How often a key is drawn, and for which subjects. All but the particles' stand in truth.csv. */
enum recipe_stage {
    STAGE_ANY,       /* each image, of every subject */
    STAGE_WAVE,      /* micrographs: each exit wave */
    STAGE_EXPOSURE,  /* micrographs: each image of a wave */
    STAGE_PARTICLE,  /* micrographs: each particle */
    STAGE_ELECTRODE, /* sections and tomograms: each */
    STAGE_SECTION,
    STAGE_TOMOGRAM
};

/* X(name, stage, kind, lowest and highest by default, lowest and highest that are allowed) */
#define RECIPE_LIST(X)                                                                                       \
    X(size_px, STAGE_ANY, RECIPE_WHOLE, 512, 512, 32, 4096)                                                  \
    X(pixel_size_nm, STAGE_WAVE, RECIPE_LOG, 0.01, 0.05, 0.002, 0.2)                                         \
    X(exposures_per_wave, STAGE_WAVE, RECIPE_FIXED, 1, 1, 1, 64) /* images of the same atoms */              \
    X(wave_pixel_nm, STAGE_WAVE, RECIPE_LINEAR, 0.02, 0.02, 0.004, 0.05)                                     \
    X(slice_nm, STAGE_WAVE, RECIPE_LINEAR, 0.2, 0.2, 0.02, 1)                                                \
    X(margin_nm, STAGE_WAVE, RECIPE_LINEAR, 1.5, 1.5, 0, 10) /* around the image, so that it has no seam */  \
    X(phonon_count, STAGE_WAVE, RECIPE_WHOLE, 8, 8, 1, 1000)                                                 \
    X(vibration, STAGE_WAVE, RECIPE_LINEAR, 1, 1, 0, 3) /* of room temperature's amplitude */                \
    X(voltage_kv, STAGE_WAVE, RECIPE_LINEAR, 80, 300, 20, 1000)                                              \
    X(absorption, STAGE_WAVE, RECIPE_LINEAR, 0, 0.08, 0, 1) /* imaginary potential, of the real one */       \
    X(tilt_mrad, STAGE_WAVE, RECIPE_LINEAR, 0, 0.5, 0, 20)                                                   \
    X(support, STAGE_WAVE, RECIPE_CHANCE, 0.85, 0.85, 0, 1)                                                  \
    X(nitride, STAGE_WAVE, RECIPE_CHANCE, 0.2, 0.2, 0, 1) /* silicon nitride instead of carbon */            \
    X(support_nm, STAGE_WAVE, RECIPE_LINEAR, 2, 10, 0.2, 100)                                                \
    X(support_variation, STAGE_WAVE, RECIPE_LINEAR, 0, 0.3, 0, 1) /* of its thickness, smooth */             \
    X(hole, STAGE_WAVE, RECIPE_CHANCE, 0.12, 0.12, 0, 1)          /* an edge of the support, then vacuum */  \
    X(contamination, STAGE_WAVE, RECIPE_CHANCE, 0.35, 0.35, 0, 1) /* patches of carbon on the support */     \
    X(contamination_nm, STAGE_WAVE, RECIPE_LINEAR, 0.5, 2.5, 0.1, 20) /* their height */                     \
    X(shell, STAGE_WAVE, RECIPE_CHANCE, 0.25, 0.25, 0, 1) /* loose carbon around particles: ligands */       \
    X(shell_nm, STAGE_WAVE, RECIPE_LINEAR, 0.5, 1.5, 0.1, 5)                                                 \
    X(particle_count, STAGE_WAVE, RECIPE_WHOLE, 0, 6, 0, 200)                                                \
    X(empty, STAGE_WAVE, RECIPE_CHANCE, 0.05, 0.05, 0, 1)       /* no particle whatever their count */       \
    X(one_material, STAGE_WAVE, RECIPE_CHANCE, 0.6, 0.6, 0, 1)  /* the same for all particles */             \
    X(diameter_nm, STAGE_WAVE, RECIPE_LOG, 1.2, 8, 0.5, 50)     /* the image's typical particle */           \
    X(size_spread, STAGE_WAVE, RECIPE_LINEAR, 0, 0.5, 0, 2)     /* s.d. of a particle's logarithm */         \
    X(corrected, STAGE_EXPOSURE, RECIPE_CHANCE, 0.5, 0.5, 0, 1) /* the next two with a corrector, */         \
    X(corrected_cs_um, STAGE_EXPOSURE, RECIPE_LINEAR, -10, 10, -100, 100) /* the two behind without */       \
    X(corrected_defocus_nm, STAGE_EXPOSURE, RECIPE_LINEAR, -25, 25, -1000, 1000) /* positive: underfocus */  \
    X(uncorrected_cs_mm, STAGE_EXPOSURE, RECIPE_LINEAR, 0.5, 1.4, 0, 10)                                     \
    X(uncorrected_defocus_nm, STAGE_EXPOSURE, RECIPE_LINEAR, -60, 60, -1000, 1000) /* beyond Scherzer's */   \
    X(astigmatism_nm, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 5, 0, 1000)                                          \
    X(threefold_nm, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 50, 0, 10000)                                          \
    X(coma_nm, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 50, 0, 10000)                                               \
    X(focal_spread_nm, STAGE_EXPOSURE, RECIPE_LINEAR, 1, 5, 0, 100)                                          \
    X(convergence_mrad, STAGE_EXPOSURE, RECIPE_LINEAR, 0.02, 0.3, 0, 5)                                      \
    X(diffuse, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 0.2, 0, 1) /* share of the electrons that carry nothing */  \
    X(mtf_at_nyquist, STAGE_EXPOSURE, RECIPE_LINEAR, 0.1, 0.6, 0.01, 1)                                      \
    X(integrating, STAGE_EXPOSURE, RECIPE_CHANCE, 0.5, 0.5, 0, 1) /* the detector blurs its noise, too */    \
    X(gain, STAGE_EXPOSURE, RECIPE_LOG, 4, 40, 0.01, 1000)  /* of an integrating one: counts per electron */ \
    X(readout, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 4, 0, 100) /* and its own noise, counts */                  \
    X(dose_per_a2, STAGE_EXPOSURE, RECIPE_LOG, 30, 3000, 0.01, 1e6)                                          \
    X(illumination, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 0.2, 0, 0.9) /* change across the image */             \
    X(xray_per_megapixel, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 20, 0, 10000)                                    \
    X(drift_nm, STAGE_EXPOSURE, RECIPE_LINEAR, 0, 0.04, 0, 10)                                               \
    X(on_zone, STAGE_PARTICLE, RECIPE_CHANCE, 0.6, 0.6, 0, 1)                                                \
    X(zone_tilt_deg, STAGE_PARTICLE, RECIPE_LINEAR, 0, 2, 0, 90) /* away from the zone axis */               \
    X(fault_zone, STAGE_PARTICLE, RECIPE_CHANCE, 0, 0, 0, 1) /* whole crystals on the faulted ones' zone */  \
    X(faulted, STAGE_PARTICLE, RECIPE_CHANCE, 0.5, 0.5, 0, 1)                                                \
    X(fault_count, STAGE_PARTICLE, RECIPE_WHOLE, 1, 3, 1, 3)                                                 \
    X(strain, STAGE_PARTICLE, RECIPE_LINEAR, 0, 0.01, 0, 0.1)                                                \
    X(truncated, STAGE_PARTICLE, RECIPE_CHANCE, 0.3, 0.3, 0, 1) /* flat where it lies on the support */      \
    X(touching, STAGE_PARTICLE, RECIPE_CHANCE, 0.2, 0.2, 0, 1)                                               \
    X(overlapping, STAGE_PARTICLE, RECIPE_CHANCE, 0.1, 0.1, 0, 1)                                            \
    X(voxel_size_nm, STAGE_ELECTRODE, RECIPE_LOG, 20, 80, 1, 10000)                                          \
    X(phase_count, STAGE_ELECTRODE, RECIPE_WHOLE, 2, 3, 2, 3) /* pore, active material, binder */            \
    X(active_share, STAGE_ELECTRODE, RECIPE_LINEAR, 0.4, 0.6, 0.05, 0.8)                                     \
    X(binder_share, STAGE_ELECTRODE, RECIPE_LINEAR, 0.25, 0.6, 0, 1) /* of what is left */                   \
    X(grain_px, STAGE_ELECTRODE, RECIPE_LOG, 20, 80, 4, 1000)        /* mean diameter of active grains */    \
    X(blur_px, STAGE_ELECTRODE, RECIPE_LINEAR, 0.4, 1.5, 0, 20)      /* s.d. of a Gaussian */                \
    X(noise, STAGE_ELECTRODE, RECIPE_LINEAR, 0.02, 0.15, 0, 10)      /* s.d., of the phases' contrast */     \
    X(curtains, STAGE_SECTION, RECIPE_LINEAR, 0, 0.15, 0, 1) /* stripes of the ion beam, of the contrast */  \
    X(charging, STAGE_SECTION, RECIPE_LINEAR, 0, 0.3, 0, 2)  /* slow brightness of the SE channel */         \
    X(rings, STAGE_TOMOGRAM, RECIPE_LINEAR, 0, 0.15, 0, 1)   /* s.d. of a ring, of the contrast */           \
    X(cupping, STAGE_TOMOGRAM, RECIPE_LINEAR, 0, 0.2, 0, 1)  /* beam hardening, of the contrast */

enum recipe_key {
#define RECIPE_ENUM(name, stage, kind, low, high, lowest, highest) KEY_##name,
    RECIPE_LIST(RECIPE_ENUM)
#undef RECIPE_ENUM
        RECIPE_KEY_COUNT
};

struct recipe_range {
    double low, high;
};

struct recipe {
    enum recipe_subject subject;
    struct recipe_range ranges[RECIPE_KEY_COUNT];
    int materials[PHASE_COUNT], material_count;
    enum grain_shape shapes[GRAIN_SHAPE_COUNT];
    int shape_count;
};

const char *recipe_key_name(enum recipe_key key);
enum recipe_stage recipe_key_stage(enum recipe_key key);

/* Whether a subject draws the key, once for each image at least: it is a column of truth.csv then. */
int recipe_key_is_column(enum recipe_subject subject, enum recipe_key key);

/* A value of the key's range. */
double recipe_draw(const struct recipe *recipe, enum recipe_key key, struct rng *rng);

/* Draws every key of a stage in the order of the list. */
void recipe_draw_stage(const struct recipe *recipe, enum recipe_stage stage, struct rng *rng,
                       double values[RECIPE_KEY_COUNT]);

/* A preset by its name; FRINGE_ARGUMENT where there is none. */
fringe_status recipe_preset(const char *name, struct recipe *recipe, fringe_error *error);

/* A recipe file. FRINGE_FORMAT names line, key and numbers. */
fringe_status recipe_read(const char *path, struct recipe *recipe, fringe_error *error);

/* A text that differs where two recipes draw from other ranges, however they were written down: SHA-256 over
 * the keys that the subject has, materials, shapes, and the version of the program that draws. */
void recipe_digest(const struct recipe *recipe, char text[DIGEST_TEXT_BYTES]);

#endif
