/* package_agree.c - a description against the network that it describes. */
#include <string.h>

#include "base/failure.h"
#include "model/package_build.h"

fringe_status package_agree_order(const struct package_build *build, struct package_tensor *tensors,
                                  size_t count, const struct onnx_value *values, size_t value_count,
                                  const char *what, fringe_error *error)
{
    size_t from[PACKAGE_MOST_TENSORS];
    if (count != value_count)
        return text_tree_wrong(build->tree, NULL, FRINGE_MODEL, error,
                               "describes %zu %s, the network has %zu", count, what, value_count);
    for (size_t i = 0; i < count; i++) {
        from[i] = count;
        for (size_t k = 0; k < count; k++)
            if (strcmp(values[i].name, tensors[k].name) == 0) from[i] = k;
        if (from[i] == count) return FRINGE_OK;
    }
    struct package_tensor *copy = package_take(build, count, sizeof *copy, error);
    if (!copy) return FRINGE_MEMORY;
    memcpy(copy, tensors, count * sizeof *copy);
    for (size_t i = 0; i < count; i++) tensors[i] = copy[from[i]];
    return FRINGE_OK;
}

/* Takes what the network says more firmly than the description, and refuses what they say differently. */
static fringe_status agree(const struct package_build *build, const struct onnx_value *value, int axis,
                           const char *what, int64_t *described, fringe_error *error)
{
    if (axis < 0 || value->rank < 0 || value->dims[axis] < 0) return FRINGE_OK;
    int64_t own = value->dims[axis];
    if (own < 1 || own > INT32_MAX)
        return failure_set(error, FRINGE_MODEL, "%s: '%s': %s is %lld, not in 1 to %ld", build->package.path,
                           value->name, what, (long long)own, (long)INT32_MAX);
    if (*described > 0 && *described != own)
        return failure_set(error, FRINGE_MODEL,
                           "%s: '%s': %s is %lld in the network, %lld in its description",
                           build->package.path, value->name, what, (long long)own, (long long)*described);
    *described = own;
    return FRINGE_OK;
}

/* A shape that the ONNX file does not state is left to the description, and later to the compiled graph. */
fringe_status package_agree_tensor(const struct package_build *build, const struct onnx_value *value,
                                   struct package_tensor *tensor, int is_input, fringe_error *error)
{
    if (value->rank >= 0 && value->rank != tensor->rank)
        return failure_set(error, FRINGE_MODEL, "%s: '%s' has %d axes in the network, %d in its description",
                           build->package.path, value->name, value->rank, tensor->rank);
    fringe_status status =
        agree(build, value, tensor->channel_axis, "number of channels", &tensor->channel_count, error);
    if (!status && is_input)
        status = agree(build, value, tensor->y_axis, "height", &tensor->height.fixed, error);
    if (!status && is_input)
        status = agree(build, value, tensor->x_axis, "width", &tensor->width.fixed, error);
    for (size_t i = 0; i < tensor->step_count && !status; i++)
        if (tensor->steps[i].value_count > 1 && tensor->channel_count > 0 &&
            (int64_t)tensor->steps[i].value_count != tensor->channel_count)
            status = failure_set(error, FRINGE_MODEL, "%s: '%s': step %zu has %zu values for %lld channels",
                                 build->package.path, value->name, i + 1, tensor->steps[i].value_count,
                                 (long long)tensor->channel_count);
    return status;
}
