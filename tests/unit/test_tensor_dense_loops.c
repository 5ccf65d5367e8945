/* Dense loops against sums written out plainly; thread counts change nothing. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tensor/dense_broadcast.h"
#include "tensor/dense_conv.h"
#include "tensor/dense_norm.h"
#include "tensor/dense_pick.h"
#include "tensor/dense_pool.h"
#include "tensor/dense_reduce.h"

static struct tensor make(int rank, const int64_t *dims)
{
    struct tensor t = {0};
    cr_assert_eq(tensor_set_shape(&t, TENSOR_FLOAT32, rank, dims, "test", NULL), FRINGE_OK);
    cr_assert_eq(tensor_allocate(&t, NULL), FRINGE_OK);
    uint32_t state = 12345;
    for (int64_t i = 0; i < tensor_count(&t); i++) {
        state = state * 1664525u + 1013904223u;
        ((float *)t.data)[i] = (float)(state >> 8) / (float)(1 << 23) - 1.0f;
    }
    return t;
}

#define MAKE(...)                                                                                            \
    make((int)(sizeof(int64_t[]){__VA_ARGS__} / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__})

static fringe_run *run_with(int threads)
{
    fringe_run *run;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    return run;
}

static double at4(const struct tensor *t, int64_t n, int64_t c, int64_t y, int64_t x)
{
    if (y < 0 || x < 0 || y >= t->dims[2] || x >= t->dims[3]) return 0;
    return (double)((const float *)t->data)[((n * t->dims[1] + c) * t->dims[2] + y) * t->dims[3] + x];
}

/* Groups, strides, dilations and pads that differ between the axes. */
static const struct window window = {.spatial = 2,
                                     .kernel = {3, 2},
                                     .stride = {2, 3},
                                     .dilation = {2, 1},
                                     .pad_begin = {1, 2},
                                     .pad_end = {2, 0}};

Test(tensor_dense_loops, convolution)
{
    struct tensor x = MAKE(2, 4, 11, 13), w = MAKE(6, 2, 3, 2), bias = MAKE(6), y = MAKE(2, 6, 5, 5);
    fringe_run *run = run_with(2);
    cr_assert_eq(dense_conv(&window, 2, &x, &w, &bias, &y, run, NULL), FRINGE_OK);
    for (int64_t n = 0; n < 2; n++)
        for (int64_t o = 0; o < 6; o++)
            for (int64_t oy = 0; oy < 5; oy++)
                for (int64_t ox = 0; ox < 5; ox++) {
                    double sum = (double)((const float *)bias.data)[o];
                    for (int64_t c = 0; c < 2; c++)
                        for (int64_t ky = 0; ky < 3; ky++)
                            for (int64_t kx = 0; kx < 2; kx++)
                                sum += at4(&w, o, c, ky, kx) *
                                       at4(&x, n, o / 3 * 2 + c, oy * 2 + ky * 2 - 1, ox * 3 + kx - 2);
                    cr_assert_float_eq(at4(&y, n, o, oy, ox), sum, 1e-5);
                }
    fringe_run_free(run);
    tensor_clear(&x), tensor_clear(&w), tensor_clear(&bias), tensor_clear(&y);
}

/* The transpose of a convolution is its adjoint: <conv(x), y> = <x, transposed(y)> for every x and y. */
Test(tensor_dense_loops, transposed_convolution_is_the_adjoint)
{
    struct tensor x = MAKE(1, 4, 11, 13), w = MAKE(6, 2, 3, 2), y = MAKE(1, 6, 5, 5), conv = MAKE(1, 6, 5, 5),
                  back = MAKE(1, 4, 11, 13);
    fringe_run *run = run_with(2);
    cr_assert_eq(dense_conv(&window, 2, &x, &w, NULL, &conv, run, NULL), FRINGE_OK);
    cr_assert_eq(dense_conv_transpose(&window, 2, &y, &w, NULL, &back, run, NULL), FRINGE_OK);
    double left = 0, right = 0;
    for (int64_t i = 0; i < tensor_count(&y); i++)
        left += (double)((float *)conv.data)[i] * (double)((float *)y.data)[i];
    for (int64_t i = 0; i < tensor_count(&x); i++)
        right += (double)((float *)back.data)[i] * (double)((float *)x.data)[i];
    cr_assert_float_eq(left, right, 1e-4);
    cr_assert(fabs(left) > 0.01); /* not of nothing */
    fringe_run_free(run);
    tensor_clear(&x), tensor_clear(&w), tensor_clear(&y), tensor_clear(&conv), tensor_clear(&back);
}

Test(tensor_dense_loops, thread_counts_change_no_byte)
{
    struct tensor x = MAKE(1, 5, 70, 90), w = MAKE(7, 5, 3, 3), y[3], norm[3];
    const struct window plain = {.spatial = 2,
                                 .kernel = {3, 3},
                                 .stride = {1, 1},
                                 .dilation = {1, 1},
                                 .pad_begin = {1, 1},
                                 .pad_end = {1, 1}};
    const float scale[5] = {1, 2, 3, 4, 5};
    const struct dense_row_norm rule = {
        .width = 70 * 90, .divide = 70 * 90, .period = 5, .epsilon = 1e-5f, .scale = scale};
    static const int threads[3] = {1, 2, 7};
    for (int k = 0; k < 3; k++) {
        fringe_run *run = run_with(threads[k]);
        y[k] = MAKE(1, 7, 70, 90);
        norm[k] = MAKE(1, 5, 70, 90);
        cr_assert_eq(dense_conv(&plain, 1, &x, &w, NULL, &y[k], run, NULL), FRINGE_OK);
        cr_assert_eq(dense_row_norm(&rule, &x, &norm[k], run, NULL), FRINGE_OK);
        cr_expect_eq(memcmp(y[0].data, y[k].data, tensor_bytes(&y[0])), 0, "%d threads", threads[k]);
        cr_expect_eq(memcmp(norm[0].data, norm[k].data, tensor_bytes(&norm[0])), 0, "%d threads", threads[k]);
        fringe_run_free(run);
    }
    for (int k = 0; k < 3; k++) tensor_clear(&y[k]), tensor_clear(&norm[k]);
    tensor_clear(&x), tensor_clear(&w);
}

Test(tensor_dense_loops, a_cancelled_run_computes_nothing)
{
    struct tensor x = MAKE(1, 1, 8, 8), y = MAKE(1, 1, 4, 4);
    const struct window two = {.spatial = 2, .kernel = {2, 2}, .stride = {2, 2}, .dilation = {1, 1}};
    fringe_error error;
    fringe_run *run = run_with(1);
    fringe_run_cancel(run);
    cr_expect_eq(dense_max_pool(&two, &x, &y, NULL, run, &error), FRINGE_CANCELLED);
    fringe_run_free(run);
    tensor_clear(&x), tensor_clear(&y);
}

Test(tensor_dense_loops, pools_leave_padding_out_or_count_it)
{
    struct tensor x = MAKE(1, 1, 3, 3), y = MAKE(1, 1, 2, 2);
    for (int i = 0; i < 9; i++) ((float *)x.data)[i] = (float)(i - 9); /* all below the padding's 0 */
    const struct window padded = {.spatial = 2,
                                  .kernel = {2, 2},
                                  .stride = {2, 2},
                                  .dilation = {1, 1},
                                  .pad_begin = {1, 1},
                                  .pad_end = {0, 0}};
    const float largest[4] = {-9, -7, -3, -1}, inside[4] = {-9, -7.5f, -4.5f, -3},
                counted[4] = {-2.25f, -3.75f, -2.25f, -3};
    fringe_run *run = run_with(1);
    cr_assert_eq(dense_max_pool(&padded, &x, &y, NULL, run, NULL), FRINGE_OK);
    cr_expect_arr_eq(y.data, largest, sizeof largest);
    cr_assert_eq(dense_average_pool(&padded, 0, &x, &y, run, NULL), FRINGE_OK);
    cr_expect_arr_eq(y.data, inside, sizeof inside);
    cr_assert_eq(dense_average_pool(&padded, 1, &x, &y, run, NULL), FRINGE_OK);
    cr_expect_arr_eq(y.data, counted, sizeof counted);
    fringe_run_free(run);
    tensor_clear(&x), tensor_clear(&y);
}

Test(tensor_dense_loops, picks_copy_values_or_the_fill)
{
    const int32_t in[6] = {0, 1, 2, 3, 4, 5}, fill = -7; /* (2, 3) */
    int32_t out[8];
    const int64_t dims[2] = {4, 2};
    struct dense_pick pick;
    fringe_run *run = run_with(1);
    cr_assert_eq(dense_pick_create(&pick, 2, dims, NULL), FRINGE_OK);
    const int64_t strides[2] = {1, 3};
    dense_pick_strides(&pick, strides); /* the transpose, and one row more than there is */
    pick.offsets[0][3] = -1;
    cr_assert_eq(dense_pick_apply(&pick, sizeof *in, in, &fill, out, run, NULL), FRINGE_OK);
    const int32_t expected[8] = {0, 3, 1, 4, 2, 5, -7, -7};
    cr_expect_arr_eq(out, expected, sizeof out);
    dense_pick_free(&pick);
    fringe_run_free(run);
}

Test(tensor_dense_loops, broadcasts_join_axes_and_step_over_the_others)
{
    const struct tensor out = {.rank = 4, .dims = {2, 3, 4, 5}}, whole = out,
                        channel = {.rank = 3, .dims = {3, 1, 1}}, single = {.rank = 0};
    const struct tensor *operands[3] = {&whole, &channel, &single};
    struct dense_broadcast plan;
    dense_broadcast_plan(&plan, &out, operands, 3);
    cr_expect_eq(plan.rows, 6);
    cr_expect_eq(plan.width, 20);
    cr_expect(plan.steps[0] == 1 && plan.steps[1] == 0 && plan.steps[2] == 0);
    int64_t offsets[DENSE_BROADCAST_MOST];
    dense_broadcast_row(&plan, 4, offsets); /* second image, channel 1 */
    cr_expect(offsets[0] == 80 && offsets[1] == 1 && offsets[2] == 0);
    int rank;
    int64_t dims[TENSOR_MOST_DIMS];
    const int64_t a[3] = {3, 1, 5}, b[2] = {4, 1}, c[1] = {2};
    cr_expect(dense_broadcast_shape(3, a, 2, b, &rank, dims));
    cr_expect(rank == 3 && dims[0] == 3 && dims[1] == 4 && dims[2] == 5);
    cr_expect_not(dense_broadcast_shape(3, a, 1, c, &rank, dims));
}

Test(tensor_dense_loops, reductions_over_chosen_axes)
{
    struct tensor x = MAKE(2, 3, 4), y = MAKE(2, 4), sole = MAKE(1);
    fringe_run *run = run_with(2);
    cr_assert_eq(dense_reduce(DENSE_SUM, &x, 1u << 1, &y, run, NULL), FRINGE_OK);
    const float *in = x.data;
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < 4; i++) {
            double sum = 0;
            for (int c = 0; c < 3; c++) sum += (double)in[(n * 3 + c) * 4 + i];
            cr_expect_eq(((float *)y.data)[n * 4 + i], (float)sum);
        }
    cr_assert_eq(dense_reduce(DENSE_LOG_SUM_EXP, &x, 7, &sole, run, NULL), FRINGE_OK);
    double sum = 0;
    for (int i = 0; i < 24; i++) sum += exp((double)in[i]);
    cr_expect_float_eq((double)*(float *)sole.data, log(sum), 1e-6);
    struct tensor arg = {0};
    const int64_t dims[2] = {2, 4};
    cr_assert_eq(tensor_set_shape(&arg, TENSOR_INT64, 2, dims, "arg", NULL), FRINGE_OK);
    cr_assert_eq(tensor_allocate(&arg, NULL), FRINGE_OK);
    memset(x.data, 0, tensor_bytes(&x)); /* ties */
    cr_assert_eq(dense_arg(&x, 1, 0, 0, &arg, run, NULL), FRINGE_OK);
    for (int i = 0; i < 8; i++) cr_expect_eq(((int64_t *)arg.data)[i], 0);
    cr_assert_eq(dense_arg(&x, 1, 1, 1, &arg, run, NULL), FRINGE_OK);
    for (int i = 0; i < 8; i++) cr_expect_eq(((int64_t *)arg.data)[i], 2);
    fringe_run_free(run);
    tensor_clear(&x), tensor_clear(&y), tensor_clear(&sole), tensor_clear(&arg);
}

Test(tensor_dense_loops, shapes_that_cannot_be_are_refused)
{
    struct tensor t = {0};
    fringe_error error;
    const int64_t negative[2] = {3, -1}, huge[3] = {1 << 20, 1 << 20, 1 << 20},
                  empty[3] = {0, 1 << 30, 1 << 30};
    cr_expect_eq(tensor_set_shape(&t, TENSOR_FLOAT32, 2, negative, "x", &error), FRINGE_MODEL);
    cr_expect_eq(tensor_set_shape(&t, TENSOR_FLOAT32, 3, huge, "x", &error), FRINGE_MODEL);
    cr_expect_eq(tensor_set_shape(&t, TENSOR_FLOAT32, 3, empty, "x", &error), FRINGE_MODEL);
    cr_expect_eq(tensor_set_shape(&t, TENSOR_FLOAT32, 9, huge, "x", &error), FRINGE_MODEL);
    const int64_t good[3] = {2, 0, 7};
    char text[TENSOR_SHAPE_BYTES];
    cr_expect_eq(tensor_set_shape(&t, TENSOR_INT64, 3, good, "x", &error), FRINGE_OK);
    cr_expect_str_eq(tensor_shape_text(&t, text), "(2, 0, 7)");
    cr_expect_eq(tensor_bytes(&t), 0);
}
