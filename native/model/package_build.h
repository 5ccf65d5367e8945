/* package_build.h - a package while it is read, within the room.
 *
 * package_read.c finds out what lies at a path and reads the ONNX file; a description is read by
 * package_describe.c with package_axes.c and package_steps.c, and what a bare file leaves unsaid is assumed
 * by package_assume.c; package_agree.c holds both against the network.
 */
#ifndef MODEL_PACKAGE_BUILD_H
#define MODEL_PACKAGE_BUILD_H

#include "base/arena.h"
#include "model/package.h"
#include "text/text_tree.h"

struct package_build {
    struct package package; /* what is handed out; the rest goes with it */
    struct arena *arena;    /* what it consists of */
    struct text_tree *tree; /* the description, in which the package's texts lie; NULL for a bare file */
    struct onnx_model *onnx;
    const fringe_run *run; /* hears notices while reading */
};

enum { PACKAGE_MOST_TENSORS = 64 };

/* Reads the ONNX file of this name in the package's files, and its digest. */
fringe_status package_onnx_read(struct package_build *build, const char *name, fringe_error *error);

/* Reads the description of this name in the package's files, and the ONNX file that it names. */
fringe_status package_describe(struct package_build *build, const char *name, fringe_error *error);

/* Describes a bare ONNX file, which is read already. */
fringe_status package_assume(struct package_build *build, fringe_error *error);

/* Puts the described tensors into the ONNX file's order: by name where every name is there, else as they
 * stand. FRINGE_MODEL where there are more or fewer of them. */
fringe_status package_agree_order(const struct package_build *build, struct package_tensor *tensors,
                                  size_t count, const struct onnx_value *values, size_t value_count,
                                  const char *what, fringe_error *error);

/* Takes sizes and channels that only the network says, and refuses what it says differently. */
fringe_status package_agree_tensor(const struct package_build *build, const struct onnx_value *value,
                                   struct package_tensor *tensor, int is_input, fringe_error *error);

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
