/* Convolutions of 3x3 on every path against a direct sum in double precision: odd sizes, 1 to 70 channels in
 * and out, every border, and inputs that a Resize doubles. What is held is rms(error) / rms(output), the
 * measure of the literature on Winograd's filtering; direct sums make 1e-7 to 1e-6 of it, F(4x4, 3x3) about
 * four times that. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cpu.h"
#include "nn/network.h"
#include "support/nets.h"

static const double bound = 4e-6;

static float next_value(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / (float)(1 << 23) - 1.0f;
}

static float *random_values(int64_t count, uint32_t seed)
{
    float *values = calloc((size_t)count, sizeof *values);
    cr_assert_not_null(values);
    for (int64_t i = 0; i < count; i++) values[i] = next_value(&seed);
    return values;
}

struct layer {
    int64_t in, doubled; /* channels as they are, and from an image of half the size, behind them */
    int64_t out, height, width, top, left, bottom, right;
};

/* Pixel (y, x) of input channel c; outside it is zero. */
static double pixel(const struct layer *l, const float *image, int64_t c, int64_t y, int64_t x)
{
    if (y < 0 || y >= l->height || x < 0 || x >= l->width) return 0;
    if (c >= l->in) y -= y % 2, x -= x % 2; /* the half image is made of every second pixel */
    return (double)image[(c * l->height + y) * l->width + x];
}

static double direct(const struct layer *l, const float *image, const float *weights, int64_t o, int64_t y,
                     int64_t x)
{
    double sum = 0;
    for (int64_t c = 0; c < l->in + l->doubled; c++)
        for (int64_t k = 0; k < 9; k++)
            sum += pixel(l, image, c, y - l->top + k / 3, x - l->left + k % 3) *
                   (double)weights[(o * (l->in + l->doubled) + c) * 9 + k];
    return sum;
}

/* Channels [in, in + doubled) of the one input: every second pixel of them, then doubled. */
static int doubled_part(struct net *net, int x, const struct layer *l)
{
    const int64_t one[] = {l->in}, end[] = {l->in + l->doubled}, axis[] = {1};
    const int part[] = {x, net_integers(net, 1, one), net_integers(net, 1, end), net_integers(net, 1, axis)};
    int channels = net_node(net, "Slice", part, 4, "", l->doubled);
    const int64_t zeros[] = {0, 0}, most[] = {INT32_MAX, INT32_MAX}, axes[] = {2, 3}, steps[] = {2, 2};
    const int half[] = {channels, net_integers(net, 2, zeros), net_integers(net, 2, most),
                        net_integers(net, 2, axes), net_integers(net, 2, steps)};
    return net_up(net, net_node(net, "Slice", half, 5, "", l->doubled));
}

static double relative_error(const struct layer *l)
{
    int64_t channels = l->in + l->doubled, out_height = l->height + l->top + l->bottom - 2,
            out_width = l->width + l->left + l->right - 2;
    float *image = random_values(channels * l->height * l->width, 7),
          *weights = random_values(l->out * channels * 9, 9);
    struct net *net = net_begin("image", channels);
    int x = net_input(net);
    if (l->doubled) {
        int behind = doubled_part(net, x, l);
        const int64_t none[] = {0}, end[] = {l->in}, axis[] = {1};
        const int part[] = {x, net_integers(net, 1, none), net_integers(net, 1, end),
                            net_integers(net, 1, axis)};
        x = l->in ? net_concat(net, net_node(net, "Slice", part, 4, "", l->in), behind) : behind;
    }
    char attributes[96];
    snprintf(attributes, sizeof attributes, "kernel_shape=3,3 pads=%d,%d,%d,%d", (int)l->top, (int)l->left,
             (int)l->bottom, (int)l->right);
    const int64_t dims[] = {l->out, channels, 3, 3};
    const int operands[] = {x, net_floats(net, 4, dims, weights)};
    const struct onnx_model *model =
        net_end(net, net_node(net, "Conv", operands, 2, attributes, l->out), "output");

    struct tensor input = {0}, output;
    const int64_t shape[4] = {1, channels, l->height, l->width};
    struct network *network;
    struct network_workspace *workspace;
    fringe_run *run;
    const struct tensor *image_input = &input;
    fringe_error error;
    cr_assert_eq(fringe_run_create(1, &run, &error), FRINGE_OK);
    cr_assert_eq(tensor_set_shape(&input, TENSOR_FLOAT32, 4, shape, "image", NULL), FRINGE_OK);
    input.data = image;
    cr_assert_eq(network_create_for_image(model, channels, l->height, l->width, 8, run, &network, &error),
                 FRINGE_OK, "%s", error.message);
    cr_assert_eq(network_workspace_create(network, 1, &workspace, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(network_run_dense(network, workspace, &image_input, &output, run, &error), FRINGE_OK, "%s",
                 error.message);
    double squares = 0, errors = 0;
    for (int64_t o = 0, i = 0; o < l->out; o++)
        for (int64_t y = 0; y < out_height; y++)
            for (int64_t at = 0; at < out_width; at++, i++) {
                double truth = direct(l, image, weights, o, y, at),
                       difference = (double)((const float *)output.data)[i] - truth;
                squares += truth * truth;
                errors += difference * difference;
            }
    tensor_clear(&output);
    network_workspace_free(workspace);
    network_free(network);
    fringe_run_free(run);
    net_free(net);
    free(image);
    free(weights);
    return sqrt(errors / squares);
}

static void hold(const struct layer *l)
{
    for (int way = CPU_PORTABLE; way <= (int)cpu_path_best(); way++) {
        cpu_path_set((enum cpu_path)way);
        double error = relative_error(l);
        cr_expect(error > 0 && error < bound,
                  "%d + %d -> %d channels, %d x %d, borders %d %d %d %d on %s: rms error %g of the output's",
                  (int)l->in, (int)l->doubled, (int)l->out, (int)l->height, (int)l->width, (int)l->top,
                  (int)l->left, (int)l->bottom, (int)l->right, cpu_path_name((enum cpu_path)way), error);
    }
}

Test(nn_accuracy, channels_from_1_to_70)
{
    static const int64_t counts[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 33, 48, 70};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t o = 0; o < sizeof counts / sizeof *counts; o++)
            hold(&(struct layer){counts[i], 0, counts[o], 7, 19, 1, 1, 1, 1});
}

Test(nn_accuracy, sizes_and_borders)
{
    for (int64_t size = 3; size < 40; size += 3)
        for (int64_t border = 0; border < 9; border++)
            hold(&(struct layer){9, 0, 6, 43 - size, size + border % 2, border / 3, border % 3, border % 2,
                                 border / 4});
}

Test(nn_accuracy, wide_rows)
{
    static const int64_t widths[] = {191, 192, 193, 385, 401};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        hold(&(struct layer){8, 0, 5, 9, widths[i], 1, 1, 1, 1});
}

/* The doubling is folded into the convolution with borders of one pixel, and must not be with others. */
Test(nn_accuracy, doubled_inputs)
{
    for (int64_t size = 2; size < 40; size += 2)
        for (int64_t border = 0; border < 3; border++) {
            hold(&(struct layer){5, 11, 6, 42 - size, size + 2, border, border, border, border});
            hold(&(struct layer){0, 9, 5, size + 2, 42 - size, 1, 1, 1, 1});
        }
    hold(&(struct layer){16, 32, 16, 14, 398, 1, 1, 1, 1});
    hold(&(struct layer){3, 70, 65, 10, 26, 1, 1, 1, 1});
}
