#include "model/comparison.h"

#include <math.h>

#include "base/failure.h"
#include "base/number.h"

/* A value as double; exact for all types but large int64, which are compared as they are below. */
static double value_at(const struct tensor *tensor, int64_t index)
{
    switch (tensor->type) {
    case TENSOR_FLOAT32:
        return ((const float *)tensor->data)[index];
    case TENSOR_INT64:
        return (double)((const int64_t *)tensor->data)[index];
    case TENSOR_INT32:
        return ((const int32_t *)tensor->data)[index];
    case TENSOR_BOOL:
        break;
    }
    return ((const unsigned char *)tensor->data)[index] != 0;
}

/* NaN agrees with NaN: a network that must give one is right to. */
static int agrees(const struct comparison *comparison, const struct tensor *found,
                  const struct tensor *expected, int64_t index)
{
    if (expected->type == TENSOR_INT64)
        return ((const int64_t *)found->data)[index] == ((const int64_t *)expected->data)[index];
    double got = value_at(found, index), wanted = value_at(expected, index);
    if (expected->type != TENSOR_FLOAT32) return got == wanted;
    if (isnan(got) || isnan(wanted)) return isnan(got) && isnan(wanted);
    if (isinf(got) || isinf(wanted)) return got == wanted;
    return fabs(got - wanted) <=
           comparison->check->absolute_tolerance + comparison->check->relative_tolerance * fabs(wanted);
}

fringe_status comparison_run(const struct comparison *comparison, const char *output,
                             const struct tensor *found, const struct tensor *expected, fringe_error *error)
{
    fringe_model_check *check = comparison->check;
    char got[TENSOR_SHAPE_BYTES], wanted[TENSOR_SHAPE_BYTES], got_value[NUMBER_TEXT_BYTES],
        wanted_value[NUMBER_TEXT_BYTES];
    if (found->type != expected->type || !tensor_same_shape(found, expected))
        return failure_set(error, FRINGE_MISMATCH, "%s: output '%s' is %s %s, expected %s %s",
                           comparison->name, output, tensor_type_name(found->type),
                           tensor_shape_text(found, got), tensor_type_name(expected->type),
                           tensor_shape_text(expected, wanted));
    int64_t count = tensor_count(expected), wrong = 0, first = 0;
    for (int64_t i = 0; i < count; i++) {
        double away = fabs(value_at(found, i) - value_at(expected, i));
        if (isfinite(away) && away > check->largest_difference) check->largest_difference = away;
        if (agrees(comparison, found, expected, i)) continue;
        if (wrong++ == 0) first = i;
    }
    check->value_count += count;
    check->mismatch_count += wrong;
    if ((double)wrong <= comparison->mismatches_per_million / 1e6 * (double)count) return FRINGE_OK;
    return failure_set(error, FRINGE_MISMATCH,
                       "%s: output '%s': %lld of %lld values differ; value %lld is %s, expected %s",
                       comparison->name, output, (long long)wrong, (long long)count, (long long)first,
                       number_text(value_at(found, first), 9, got_value),
                       number_text(value_at(expected, first), 9, wanted_value));
}
