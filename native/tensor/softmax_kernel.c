#include "tensor/element_kernels.h"
#include "tensor/vec_math.h"

/* `count` pixels of one channel; lanes beyond them hold 0 and are never stored. */
static inline vec load(const float *from, size_t step, size_t count)
{
    if (step == 1 && count == KERNEL_LANES) return vec_load(from);
    float lanes[KERNEL_LANES] = {0};
    for (size_t i = 0; i < count; i++) lanes[i] = from[i * step];
    return vec_load(lanes);
}

static inline void store(float *to, size_t step, size_t count, vec v)
{
    if (step == 1 && count == KERNEL_LANES) {
        vec_store(to, v);
        return;
    }
    float lanes[KERNEL_LANES];
    vec_store(lanes, v);
    for (size_t i = 0; i < count; i++) to[i * step] = lanes[i];
}

static void rows(size_t channels, size_t n, const float *in, struct softmax_steps in_steps, float *out,
                 struct softmax_steps out_steps, int logarithm)
{
    for (size_t pixel = 0; pixel < n; pixel += KERNEL_LANES) {
        size_t count = n - pixel < KERNEL_LANES ? n - pixel : KERNEL_LANES;
        const float *in_p = in + pixel * in_steps.pixel_step;
        float *out_p = out + pixel * out_steps.pixel_step;
        vec most = load(in_p, in_steps.pixel_step, count);
        for (size_t c = 1; c < channels; c++)
            most = vec_max(most, load(in_p + c * in_steps.channel_step, in_steps.pixel_step, count));
        vec sum = vec_set(0);
        for (size_t c = 0; c < channels; c++) {
            vec x = load(in_p + c * in_steps.channel_step, in_steps.pixel_step, count) - most;
            vec e = vec_exp(x);
            store(out_p + c * out_steps.channel_step, out_steps.pixel_step, count, logarithm ? x : e);
            sum += e;
        }
        vec log_sum = logarithm ? vec_log(sum) : sum;
        for (size_t c = 0; c < channels; c++) {
            float *out_pc = out_p + c * out_steps.channel_step;
            vec v = load(out_pc, out_steps.pixel_step, count);
            store(out_pc, out_steps.pixel_step, count, logarithm ? v - log_sum : v / sum);
        }
    }
}

const struct softmax_table KERNEL_TABLE(softmax) = {rows};
