/* electrode.h - images of a battery electrode: a polished section in the scanning microscope, secondary and
 * backscattered electrons, or a tomogram of X-rays.
 *
 * Simple and honest rather than physical: phases have the grey levels and defects that such images are known
 * for, nothing is calculated from cross-sections.
 */
#ifndef SIMULATE_ELECTRODE_H
#define SIMULATE_ELECTRODE_H

#include <stdint.h>

#include "simulate/microstructure.h"
#include "simulate/recipe.h"

struct electrode {
    enum recipe_subject subject; /* RECIPE_SECTION or RECIPE_TOMOGRAM */
    double values[RECIPE_KEY_COUNT];
    struct microstructure structure;
    int channel_count;   /* a section's: 2 (0 SE, 1 BSE); a tomogram's: 1 */
    uint8_t *phases;     /* enum of microstructure.h */
    uint16_t *intensity; /* channel by channel, each like phases */
    double share[MICROSTRUCTURE_PHASE_COUNT];
};

/* Draws everything about one image. Freed by electrode_clear, also after a failure. FRINGE_ARGUMENT for a
 * tomogram of more voxels than ELECTRODE_VOXEL_MOST. */
enum { ELECTRODE_VOXEL_MOST = 1 << 28 };
fringe_status electrode_draw(const struct recipe *recipe, struct rng *rng, struct electrode *electrode,
                             fringe_error *error);
void electrode_clear(struct electrode *electrode);

#endif
