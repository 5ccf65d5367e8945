/* package_build.h - reading a package's description, within the room. */
#ifndef MODEL_PACKAGE_BUILD_H
#define MODEL_PACKAGE_BUILD_H

#include "base/arena.h"
#include "model/package.h"
#include "text/text_tree.h"

struct package_build {
    struct package *package;      /* being filled */
    struct arena *arena;          /* what it consists of */
    const struct text_tree *tree; /* lives as long as the package, whose texts lie in it */
    const fringe_run *run;
};

enum axis_kind { AXIS_BATCH, AXIS_CHANNEL, AXIS_Y, AXIS_X, AXIS_OTHER };

struct package_axis {
    enum axis_kind kind;
    const char *id;               /* the description's name: "b" and "y" in 0.4, "batch" and "y" in 0.5 */
    const struct text_node *node; /* of 0.5; NULL in 0.4 */
};

struct package_axes {
    size_t count;
    struct package_axis items[PACKAGE_MOST_AXES];
};

/* Reads the axes and the sizes of an input or output. `inputs` are those already read, NULL for inputs
 * themselves. */
fringe_status package_axes_read(const struct package_build *build, const struct text_node *node,
                                const struct package_tensor *inputs, struct package_axes *axes,
                                struct package_tensor *tensor, fringe_error *error);

/* Reads the steps of an input's preprocessing or an output's postprocessing. */
fringe_status package_steps_read(const struct package_build *build, const struct text_node *node,
                                 const struct package_axes *axes, struct package_tensor *tensor,
                                 fringe_error *error);

/* FRINGE_OK and *value for a node that is a number in least .. most; else FRINGE_MODEL. */
fringe_status package_number(const struct package_build *build, const struct text_node *node, double least,
                             double most, double *value, fringe_error *error);

/* count * size zeroed bytes of the package; NULL with FRINGE_MEMORY told. */
void *package_take(const struct package_build *build, size_t count, size_t size, fringe_error *error);

#endif
