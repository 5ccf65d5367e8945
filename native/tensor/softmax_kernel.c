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

/* At most a vector of pixels. Inlined with steps and count known, loads and stores are those of vectors. */
static inline __attribute__((always_inline)) void pixels(size_t channels, size_t count, const float *in,
                                                         struct softmax_steps in_steps, float *out,
                                                         struct softmax_steps out_steps, int logarithm)
{
    vec most = load(in, in_steps.pixel_step, count);
    for (size_t c = 1; c < channels; c++)
        most = vec_max(most, load(in + c * in_steps.channel_step, in_steps.pixel_step, count));
    vec sum = vec_set(0);
    for (size_t c = 0; c < channels; c++) {
        vec x = load(in + c * in_steps.channel_step, in_steps.pixel_step, count) - most;
        vec e = vec_exp(x);
        store(out + c * out_steps.channel_step, out_steps.pixel_step, count, logarithm ? x : e);
        sum += e;
    }
    vec log_sum = logarithm ? vec_log(sum) : sum;
    for (size_t c = 0; c < channels; c++) {
        float *to = out + c * out_steps.channel_step;
        vec v = load(to, out_steps.pixel_step, count);
        store(to, out_steps.pixel_step, count, logarithm ? v - log_sum : v / sum);
    }
}

static void rows(size_t channels, size_t n, const float *in, struct softmax_steps in_steps, float *out,
                 struct softmax_steps out_steps, int logarithm)
{
    const struct softmax_steps in_rows = {in_steps.channel_step, 1}, out_rows = {out_steps.channel_step, 1};
    int side_by_side = in_steps.pixel_step == 1 && out_steps.pixel_step == 1;
    size_t pixel = 0;
    for (; side_by_side && pixel + KERNEL_LANES <= n; pixel += KERNEL_LANES)
        pixels(channels, KERNEL_LANES, in + pixel, in_rows, out + pixel, out_rows, logarithm);
    for (; pixel < n; pixel += KERNEL_LANES)
        pixels(channels, n - pixel < KERNEL_LANES ? n - pixel : KERNEL_LANES,
               in + pixel * in_steps.pixel_step, in_steps, out + pixel * out_steps.pixel_step, out_steps,
               logarithm);
}

const struct softmax_table KERNEL_TABLE(softmax) = {rows};
