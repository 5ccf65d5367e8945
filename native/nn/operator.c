#include "nn/operator.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/failure.h"

enum { REASON_BYTES = 512 };

/* A node without a name goes by its first output's. */
static fringe_status say(const struct onnx_node *node, fringe_status status, fringe_error *error,
                         const char *format, va_list arguments)
{
    char reason[REASON_BYTES];
    vsnprintf(reason, sizeof reason, format, arguments);
    if (*node->name)
        return failure_set(error, status, "node '%s' (%s): %s", node->name, node->op_type, reason);
    return failure_set(error, status, "node that makes '%s' (%s): %s",
                       node->output_count ? node->outputs[0] : "", node->op_type, reason);
}

fringe_status operator_wrong(const struct operator_call *call, fringe_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fringe_status status = say(call->node, FRINGE_MODEL, error, format, arguments);
    va_end(arguments);
    return status;
}

fringe_status operator_lacks(const struct operator_call *call, fringe_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fringe_status status = say(call->node, FRINGE_UNSUPPORTED, error, format, arguments);
    va_end(arguments);
    return status;
}

/* ---- inputs and outputs ---- */

fringe_status operator_arity(const struct operator_call *call, size_t least, size_t most, size_t outputs,
                             fringe_error *error)
{
    if (call->input_count < least || call->input_count > most)
        return operator_wrong(call, error, "%zu inputs instead of %zu to %zu", call->input_count, least,
                              most);
    for (size_t i = 0; i < least; i++)
        if (!call->inputs[i]) return operator_wrong(call, error, "input %zu is left out", i);
    for (size_t i = outputs; i < call->output_count; i++)
        if (call->outputs[i]) return operator_lacks(call, error, "output %zu is not computed", i);
    return FRINGE_OK;
}

const struct tensor *operator_input(const struct operator_call *call, size_t index)
{
    return index < call->input_count ? call->inputs[index] : NULL;
}

fringe_status operator_typed(const struct operator_call *call, size_t index, enum tensor_type type,
                             fringe_error *error)
{
    if (call->inputs[index]->type == type) return FRINGE_OK;
    return operator_lacks(call, error, "input %zu is %s, not %s", index,
                          tensor_type_name(call->inputs[index]->type), tensor_type_name(type));
}

fringe_status operator_output(const struct operator_call *call, size_t index, enum tensor_type type, int rank,
                              const int64_t *dims, fringe_error *error)
{
    if (index >= call->output_count || !call->outputs[index]) return FRINGE_OK;
    return tensor_set_shape(call->outputs[index], type, rank, dims, call->node->outputs[index], error);
}

fringe_status operator_axis(const struct operator_call *call, int64_t axis, int rank, int *result,
                            fringe_error *error)
{
    if (axis < -rank || axis >= rank)
        return operator_wrong(call, error, "axis %lld of an input of rank %d", (long long)axis, rank);
    *result = (int)(axis < 0 ? axis + rank : axis);
    return FRINGE_OK;
}

fringe_status operator_whole_numbers(const struct operator_call *call, size_t index, size_t most,
                                     int64_t *values, size_t *count, fringe_error *error)
{
    const struct tensor *t = call->inputs[index];
    if (t->type != TENSOR_INT64 && t->type != TENSOR_INT32)
        return operator_wrong(call, error, "input %zu is %s, not int64", index, tensor_type_name(t->type));
    if (t->rank > 1) return operator_wrong(call, error, "input %zu has rank %d instead of 1", index, t->rank);
    if (!t->data)
        return operator_lacks(call, error, "input %zu ('%s') decides a shape and is not a constant", index,
                              call->node->inputs[index]);
    *count = (size_t)tensor_count(t);
    if (*count > most)
        return operator_wrong(call, error, "input %zu has %zu values, at most %zu have a meaning", index,
                              *count, most);
    for (size_t i = 0; i < *count; i++)
        values[i] = t->type == TENSOR_INT64 ? ((const int64_t *)t->data)[i] : ((const int32_t *)t->data)[i];
    return FRINGE_OK;
}

fringe_status operator_whole_numbers_from(const struct operator_call *call, const char *name, size_t index,
                                          size_t most, int64_t *values, size_t *count, fringe_error *error)
{
    if (index != SIZE_MAX && operator_input(call, index))
        return operator_whole_numbers(call, index, most, values, count, error);
    *count = SIZE_MAX;
    if (index != SIZE_MAX || !onnx_node_attribute(call->node, name)) return FRINGE_OK;
    const int64_t *from;
    fringe_status status = operator_ints(call, name, &from, count, error);
    if (status) return status;
    if (*count > most)
        return operator_wrong(call, error, "%s has %zu values, at most %zu have a meaning", name, *count,
                              most);
    if (*count) memcpy(values, from, *count * sizeof *values);
    return FRINGE_OK;
}

fringe_status operator_number(const struct operator_call *call, size_t index, float fallback, float *value,
                              fringe_error *error)
{
    const struct tensor *t = operator_input(call, index);
    *value = fallback;
    if (!t) return FRINGE_OK;
    if (t->type != TENSOR_FLOAT32 || tensor_count(t) != 1)
        return operator_wrong(call, error, "input %zu is not one float32 value", index);
    if (!t->data) return operator_lacks(call, error, "input %zu is not a constant", index);
    *value = *(const float *)t->data;
    return FRINGE_OK;
}

/* ---- attributes ---- */

static fringe_status find_attribute(const struct operator_call *call, const char *name,
                                    enum onnx_attribute_kind kind, const struct onnx_attribute **attribute,
                                    fringe_error *error)
{
    *attribute = onnx_node_attribute(call->node, name);
    if (!*attribute || (*attribute)->kind == kind) return FRINGE_OK;
    return operator_wrong(call, error, "attribute '%s' is of kind %d, not %d", name, (int)(*attribute)->kind,
                          (int)kind);
}

fringe_status operator_int(const struct operator_call *call, const char *name, int64_t fallback,
                           int64_t *value, fringe_error *error)
{
    const struct onnx_attribute *attribute;
    fringe_status status = find_attribute(call, name, ONNX_ATTR_INT, &attribute, error);
    if (!status) *value = attribute ? attribute->i : fallback;
    return status;
}

fringe_status operator_float(const struct operator_call *call, const char *name, float fallback, float *value,
                             fringe_error *error)
{
    const struct onnx_attribute *attribute;
    fringe_status status = find_attribute(call, name, ONNX_ATTR_FLOAT, &attribute, error);
    if (!status) *value = attribute ? attribute->f : fallback;
    return status;
}

fringe_status operator_string(const struct operator_call *call, const char *name, const char *fallback,
                              const char **value, fringe_error *error)
{
    const struct onnx_attribute *attribute;
    fringe_status status = find_attribute(call, name, ONNX_ATTR_STRING, &attribute, error);
    if (!status) *value = attribute ? attribute->s : fallback;
    return status;
}

fringe_status operator_ints(const struct operator_call *call, const char *name, const int64_t **values,
                            size_t *count, fringe_error *error)
{
    const struct onnx_attribute *attribute;
    fringe_status status = find_attribute(call, name, ONNX_ATTR_INTS, &attribute, error);
    if (status) return status;
    *values = attribute ? attribute->ints : NULL;
    *count = attribute ? attribute->count : 0;
    return FRINGE_OK;
}

fringe_status operator_floats(const struct operator_call *call, const char *name, const float **values,
                              size_t *count, fringe_error *error)
{
    const struct onnx_attribute *attribute;
    fringe_status status = find_attribute(call, name, ONNX_ATTR_FLOATS, &attribute, error);
    if (status) return status;
    *values = attribute ? attribute->floats : NULL;
    *count = attribute ? attribute->count : 0;
    return FRINGE_OK;
}
