/* loss_kernel.c - softmax, cross-entropy, focal and Dice terms for vectors of pixels.
 *
 * The gradient of a function f of p_y alone with respect to value k is f'(p_y) p_y ([k = y] - p_k), and that
 * of a function of all p is p_k (f_k - sum over j of p_j f_j).
 */
#include "base/kernel.h"
#include "tensor/vec_math.h"
#include "train/loss_kernels.h"

#define INLINE static inline __attribute__((always_inline))

/* Labels of the vector at x; those behind the row's end are -1. */
INLINE vec_mask labels_at(const struct loss_row *row, int32_t x)
{
    vec_mask labels = (vec_mask){0} - 1;
    int32_t count = row->width - x < KERNEL_LANES ? row->width - x : KERNEL_LANES;
    if (count == KERNEL_LANES)
        memcpy(&labels, row->labels + x, sizeof labels);
    else
        for (int32_t i = 0; i < count; i++) labels[i] = row->labels[x + i];
    return labels;
}

INLINE vec_mask is_class(vec_mask labels, int32_t c)
{
    return labels == (c - (vec_mask){0});
}

INLINE vec where(vec_mask mask, vec v)
{
    return (vec)(mask & (vec_mask)v);
}

INLINE double lanes_sum(vec v)
{
    double sum = 0;
    for (int i = 0; i < KERNEL_LANES; i++) sum += (double)v[i];
    return sum;
}

/* base^exponent for 0 <= base <= 1. */
INLINE vec power(vec base, float exponent)
{
    vec least = vec_max(base, vec_set(FLT_MIN)); /* log 0 would be -infinity, and 0 times that no number */
    return vec_exp(vec_log(least) * exponent);
}

static void forward(const struct loss_row *row, const float *values, size_t values_plane,
                    float *probabilities, double *sums)
{
    for (int32_t x = 0; x < row->width; x += KERNEL_LANES) {
        vec_mask labels = labels_at(row, x), counts = labels >= (vec_mask){0};
        vec most = vec_load(values + x), total = {0}, own = {0}, own_exp = {0}, weight = {0};
        for (int32_t c = 1; c < row->classes; c++)
            most = vec_max(vec_load(values + (size_t)c * values_plane + x), most);
        for (int32_t c = 0; c < row->classes; c++) {
            vec value = vec_load(values + (size_t)c * values_plane + x) - most, e = vec_exp(value);
            vec_mask here = is_class(labels, c);
            vec_store(probabilities + (size_t)c * row->plane + x, e);
            total += e;
            own += where(here, value);
            own_exp += where(here, e);
            weight += where(here, vec_set(row->weights[c]));
        }
        vec inverse = 1 / total, p = own_exp * inverse, surprise = vec_log(total) - own;
        for (int32_t c = 0; c < row->classes; c++) {
            vec q = vec_load(probabilities + (size_t)c * row->plane + x) * inverse;
            vec_mask here = is_class(labels, c);
            vec_store(probabilities + (size_t)c * row->plane + x, q);
            double *of_class = sums + LOSS_CLASSES + 3 * c;
            of_class[0] += lanes_sum(where(counts, q));
            of_class[1] += lanes_sum(where(here, vec_set(1)));
            of_class[2] += lanes_sum(where(here, q));
        }
        vec entropy = where(counts, weight * surprise);
        sums[LOSS_WEIGHT] += lanes_sum(where(counts, weight));
        sums[LOSS_CROSS_ENTROPY] += lanes_sum(entropy);
        if (row->focal) sums[LOSS_FOCAL] += lanes_sum(where(counts, entropy * power(1 - p, row->gamma)));
    }
}

static void back(const struct loss_row *row, float *probabilities, float cross_entropy, float focal,
                 const float *on_class, const float *off_class)
{
    for (int32_t x = 0; x < row->width; x += KERNEL_LANES) {
        vec_mask labels = labels_at(row, x), counts = labels >= (vec_mask){0};
        vec p = {0}, weight = {0}, mean = {0};
        for (int32_t c = 0; c < row->classes; c++) {
            vec q = vec_load(probabilities + (size_t)c * row->plane + x);
            vec_mask here = is_class(labels, c);
            p += where(here, q);
            weight += where(here, vec_set(row->weights[c]));
            if (on_class)
                mean = vec_fma(q, vec_select(here, vec_set(on_class[c]), vec_set(off_class[c])), mean);
        }
        vec slope = vec_set(-cross_entropy); /* f'(p_y) p_y, before the weight */
        if (row->focal) {
            vec rest = vec_max(1 - p, vec_set(0)), log_p = vec_log(vec_max(p, vec_set(FLT_MIN)));
            vec one = power(rest, row->gamma - 1);
            slope += focal * (row->gamma * p * one * log_p - one * rest);
        }
        slope *= weight;
        for (int32_t c = 0; c < row->classes; c++) {
            float *at = probabilities + (size_t)c * row->plane + x;
            vec q = vec_load(at);
            vec_mask here = is_class(labels, c);
            vec d = slope * (where(here, vec_set(1)) - q);
            if (on_class) {
                vec own = vec_select(here, vec_set(on_class[c]), vec_set(off_class[c]));
                d = vec_fma(q, own - mean, d);
            }
            vec_store(at, where(counts, d));
        }
    }
}

const struct loss_kernels KERNEL_TABLE(loss) = {forward, back};
