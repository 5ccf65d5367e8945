/* Planes from one grid to another, against other programs and against what must hold for any image. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "image/resample.h"

/* What Pillow 13.0.0 gives for the 5 x 6 plane of `pattern` (Image.BICUBIC, the plane padded by its edge
 * pixels and cropped afterwards), PyTorch 2.15 for bilinear (interpolate, align_corners=False) and, for area
 * averages, the differences of the plane's interpolated cumulative sums (numpy.interp). */
static const double bicubic_8x11[] = {
    -0.323580261, 0.649974061, 2.581831198, 4.954828294, 6.730480903, 4.188110352, 1.65338208,  3.97491185,
    5.069464637,  2.136464524, 0.4239393,   0.176017154, 1.591443961, 4.175239951, 5.065721161, 5.02262713,
    4.873151779,  4.668843627, 4.956049524, 4.316540472, 1.780406915, 0.379553678, 1.713676124, 3.313290455,
    6.054145539,  5.054705923, 2.895481663, 5.131357193, 7.419783395, 5.961397707, 3.86433026,  1.923679383,
    0.930805003,  6.186011994, 5.98175329,  5.48943233,  4.188734563, 2.691823832, 2.22533989,  2.696824437,
    4.955985162,  6.122653225, 4.56379651,  3.612294255, 5.386436566, 5.507179105, 5.65155935,  5.085610581,
    4.064714139,  2.49877739,  1.871065676, 4.624565424, 6.483065958, 5.39760042,  4.680929504, -0.07890795,
    2.318566578,  6.622488135, 7.428922464, 6.437063406, 5.951669693, 5.519036553, 5.243009031, 4.916702008,
    4.405500309,  4.136710748, 2.23411622,  3.524933026, 5.864608912, 6.495028634, 6.256840318, 6.300901413,
    6.285713379,  6.062373029, 5.901590985, 5.932645212, 5.95941593,  5.021872995, 5.035814119, 5.087718827,
    5.32815715,   5.676866056, 5.992263794, 6.307188554, 6.622113315, 6.941674106, 7.294663119, 7.474844761};
static const double area_3x4[] = {1.95,        4.883333333, 4.416666667, 2.183333333,
                                  4.966666667, 4.366666667, 4.133333333, 4.566666667,
                                  3.983333333, 6.05,        6.05,        6.05};
static const double bicubic_by_area_8x4[] = {
    0.949239095, 5.499186198, 2.877034505, 2.260314941, 1.831939697, 4.876271566, 4.678812663, 2.000203451,
    3.430043538, 4.025705973, 6.374460856, 2.203318278, 5.843678792, 3.507619222, 3.790537516, 4.571380615,
    5.46190389,  4.514394124, 3.330637614, 5.326588949, 2.6631368,   6.667612712, 5.373179118, 4.468943278,
    3.729848226, 6.241790771, 6.168792725, 5.943511963, 5.061075846, 5.511128743, 6.473398844, 7.243214925};
static const double linear_8x11[] = {
    0.0,         1.034090909, 2.806818182, 4.579545455, 6.352272727, 4.25,        2.147727273, 3.920454545,
    4.636363636, 2.181818182, 0.75,        0.765625,    1.973721591, 4.044744318, 4.728693182, 4.950284091,
    4.6875,      4.424715909, 4.646306818, 4.2734375,   2.1171875,   0.859375,    2.078125,    3.380681818,
    5.613636364, 4.874289773, 3.144176136, 5.046875,    6.971590909, 5.505681818, 3.973721591, 2.243607955,
    1.234375,    5.359375,    5.369318182, 5.386363636, 4.412642045, 3.108664773, 3.015625,    3.164772727,
    4.767045455, 5.642755682, 4.338778409, 3.578125,    4.890625,    5.149147727, 5.592329545, 5.044744318,
    4.166903409, 3.2890625,   2.653409091, 4.681818182, 5.983664773, 5.105823864, 4.59375,     0.671875,
    2.720170455, 6.231534091, 6.770596591, 6.318892045, 5.8671875,   5.4375,      5.25,        4.996448864,
    4.544744318, 4.28125,     2.78125,     3.845170455, 5.669034091, 6.105823864, 6.080255682, 6.0546875,
    6.029119318, 6.003551136, 5.977982955, 5.952414773, 5.9375,      4.75,        4.909090909, 5.181818182,
    5.454545455, 5.727272727, 6.0,         6.272727273, 6.545454545, 6.818181818, 7.090909091, 7.25};
static const double linear_3x4[] = {1.5,    5.0625, 4.104166667, 1.854166667, 6.5,         3.5,
                                    2.4375, 5.25,   3.916666667, 5.979166667, 6.104166667, 6.229166667};

static fringe_run *run;

static void start(void)
{
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
}

static void stop(void)
{
    fringe_run_free(run);
}

TestSuite(resample, .init = start, .fini = stop);

static void pattern(float *plane, int height, int width)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            plane[y * width + x] = (float)((7 * y * y + 13 * x + 5 * x * y) % 31) / 4;
}

static fringe_status attempt(enum resample_kernel kernel, float *from, int in_h, int in_w, float *to,
                             int out_h, int out_w, const fringe_run *with, fringe_error *error)
{
    const struct sample_plane plane = {FRINGE_PIXEL_FLOAT32, in_h, in_w, from, 0};
    return resample_run(kernel, &plane, &(struct resample_target){to, out_h, out_w, out_w}, with, error);
}

static void resample(enum resample_kernel kernel, float *from, int in_h, int in_w, float *to, int out_h,
                     int out_w)
{
    cr_assert_eq(attempt(kernel, from, in_h, in_w, to, out_h, out_w, run, NULL), FRINGE_OK);
}

static void expect_5x6(enum resample_kernel kernel, int out_h, int out_w, const double *wanted)
{
    float from[30], to[100];
    pattern(from, 5, 6);
    resample(kernel, from, 5, 6, to, out_h, out_w);
    for (int i = 0; i < out_h * out_w; i++)
        cr_expect_float_eq(to[i], wanted[i], 2e-6, "value %d: %.9g instead of %.9g", i, to[i], wanted[i]);
}

Test(resample, up_is_cubic_convolution)
{
    expect_5x6(RESAMPLE_IMAGE, 8, 11, bicubic_8x11);
}

Test(resample, down_is_the_mean_over_the_area)
{
    expect_5x6(RESAMPLE_IMAGE, 3, 4, area_3x4);
}

Test(resample, axes_are_independent)
{
    expect_5x6(RESAMPLE_IMAGE, 8, 4, bicubic_by_area_8x4);
}

Test(resample, linear_in_both_directions)
{
    expect_5x6(RESAMPLE_LINEAR, 8, 11, linear_8x11);
    expect_5x6(RESAMPLE_LINEAR, 3, 4, linear_3x4);
}

/* Below and right of where two pixels meet where a centre lies there. */
Test(resample, nearest_makes_up_no_values)
{
    static const int rows[8] = {0, 0, 1, 2, 2, 3, 4, 4}, columns[4] = {0, 2, 3, 5}, halves[3] = {1, 3, 5};
    float from[30], to[100];
    pattern(from, 5, 6);
    resample(RESAMPLE_NEAREST, from, 5, 6, to, 8, 4);
    for (int i = 0; i < 8 * 4; i++) cr_expect_eq(to[i], from[rows[i / 4] * 6 + columns[i % 4]], "%d", i);
    resample(RESAMPLE_NEAREST, from, 5, 6, to, 5, 3);
    for (int i = 0; i < 5 * 3; i++) cr_expect_eq(to[i], from[i / 3 * 6 + halves[i % 3]], "%d", i);
}

Test(resample, equal_grids_are_a_copy)
{
    float from[30], to[30];
    pattern(from, 5, 6);
    from[7] = NAN;
    from[8] = INFINITY;
    for (int kernel = RESAMPLE_IMAGE; kernel <= RESAMPLE_LINEAR; kernel++) {
        memset(to, 0, sizeof to);
        resample(kernel, from, 5, 6, to, 5, 6);
        cr_expect_arr_eq(to, from, sizeof from);
    }
}

Test(resample, area_keeps_the_mean)
{
    enum { H = 61, W = 47, SMALL_H = 17, SMALL_W = 20 };
    float *from = alloc_array(H * W, sizeof *from), to[SMALL_H * SMALL_W];
    pattern(from, H, W);
    double before = 0, after = 0;
    for (int i = 0; i < H * W; i++) before += from[i];
    resample(RESAMPLE_IMAGE, from, H, W, to, SMALL_H, SMALL_W);
    for (int i = 0; i < SMALL_H * SMALL_W; i++) after += to[i];
    cr_expect_float_eq(before / (H * W), after / (SMALL_H * SMALL_W), 1e-6);
    alloc_free(from);
}

/* A straight ramp stays one, at the positions that the header promises. */
Test(resample, pixel_centres_lie_where_the_header_says)
{
    enum { IN = 40, UP = 100, DOWN = 20 };
    float from[IN], to[UP];
    for (int x = 0; x < IN; x++) from[x] = (float)x;
    for (int round = 0; round < 3; round++) {
        int out = round == 2 ? DOWN : UP;
        resample(round == 1 ? RESAMPLE_LINEAR : RESAMPLE_IMAGE, from, 1, IN, to, 1, out);
        for (int i = out / 8; i < out - out / 8; i++)
            cr_expect_float_eq(to[i], (i + 0.5) * IN / out - 0.5, 1e-5, "round %d, pixel %d", round, i);
    }
}

Test(resample, nan_spreads_only_to_pixels_that_take_part_of_it)
{
    float from[12], to[24];
    for (int x = 0; x < 12; x++) from[x] = 1;
    from[5] = NAN;
    resample(RESAMPLE_IMAGE, from, 1, 12, to, 1, 24);
    for (int i = 0; i < 24; i++) { /* cubic: centres nearer than 2 pixels */
        int takes = fabs((i + 0.5) / 2 - 0.5 - 5) < 2;
        cr_expect_eq(isnan(to[i]) != 0, takes, "up, pixel %d", i);
    }
    resample(RESAMPLE_IMAGE, from, 1, 12, to, 1, 4);
    for (int i = 0; i < 4; i++) cr_expect_eq(isnan(to[i]) != 0, i == 1, "down, pixel %d", i);
    /* 12 to 36: every third centre falls on an input centre, whose neighbours then count for nothing */
    float thrice[36];
    resample(RESAMPLE_IMAGE, from, 1, 12, thrice, 1, 36);
    cr_expect_eq(thrice[13], 1.0f);
    cr_expect(isnan(thrice[14]));
}

Test(resample, single_pixels_and_long_lines)
{
    float one = 3.5f, to[70], line[70];
    resample(RESAMPLE_IMAGE, &one, 1, 1, to, 7, 10);
    for (int i = 0; i < 70; i++) cr_expect_float_eq(to[i], 3.5, 1e-6);
    for (int i = 0; i < 70; i++) line[i] = (float)i;
    resample(RESAMPLE_IMAGE, line, 7, 10, &one, 1, 1);
    cr_expect_float_eq(one, 34.5, 1e-5);
}

Test(resample, strides_leave_the_gaps_alone)
{
    float from[30], to[8 * 16], dense_to[88];
    pattern(from, 5, 6);
    for (int i = 0; i < 8 * 16; i++) to[i] = -77;
    resample(RESAMPLE_IMAGE, from, 5, 6, dense_to, 8, 11);
    const struct sample_plane plane = {FRINGE_PIXEL_FLOAT32, 5, 6, from, 0};
    cr_assert_eq(resample_run(RESAMPLE_IMAGE, &plane, &(struct resample_target){to, 8, 11, 16}, run, NULL),
                 FRINGE_OK);
    for (int y = 0; y < 8; y++) {
        cr_expect_arr_eq(to + y * 16, dense_to + y * 11, 11 * sizeof *to);
        for (int x = 11; x < 16; x++) cr_expect_eq(to[y * 16 + x], -77);
    }
}

Test(resample, same_bytes_for_any_number_of_threads)
{
    enum { H = 73, W = 51, OUT_H = 190, OUT_W = 33 };
    float *from = alloc_array(H * W, sizeof *from), *first = alloc_array(OUT_H * OUT_W, sizeof *first),
          *other = alloc_array(OUT_H * OUT_W, sizeof *other);
    pattern(from, H, W);
    resample(RESAMPLE_IMAGE, from, H, W, first, OUT_H, OUT_W);
    static const int threads[] = {1, 3, 7};
    for (int i = 0; i < 3; i++) {
        fringe_run *with;
        cr_assert_eq(fringe_run_create(threads[i], &with, NULL), FRINGE_OK);
        cr_assert_eq(attempt(RESAMPLE_IMAGE, from, H, W, other, OUT_H, OUT_W, with, NULL), FRINGE_OK);
        cr_expect_arr_eq(first, other, OUT_H * OUT_W * sizeof *first, "%d threads", threads[i]);
        fringe_run_free(with);
    }
    alloc_free(from);
    alloc_free(first);
    alloc_free(other);
}

Test(resample, sizes_are_rounded_and_bounded)
{
    int32_t out;
    fringe_error error;
    cr_assert_eq(resample_size(203, 2.5, "width", &out, &error), FRINGE_OK);
    cr_expect_eq(out, 508); /* 507.5 */
    cr_assert_eq(resample_size(132, 3.85, "width", &out, &error), FRINGE_OK);
    cr_expect_eq(out, 508); /* 508.2 */
    cr_assert_eq(resample_size(3, 0.01, "width", &out, &error), FRINGE_OK);
    cr_expect_eq(out, 1);
    cr_expect_eq(resample_size(1 << 20, 1e6, "width", &out, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "1048576") && strstr(error.message, "2147483647"), "%s", error.message);
    cr_expect_eq(resample_size(5, 0, "width", &out, &error), FRINGE_ARGUMENT);
    cr_expect_eq(resample_size(5, NAN, "width", &out, &error), FRINGE_ARGUMENT);
    cr_expect_eq(resample_size(5, INFINITY, "width", &out, &error), FRINGE_ARGUMENT);
}

Test(resample, fails_cleanly_without_memory_and_when_cancelled)
{
    float from[30], to[88];
    fringe_error error;
    pattern(from, 5, 6);
    int failures = 0;
    for (long n = 0; n < 20; n++) {
        alloc_fail_after(n);
        fringe_status status = attempt(RESAMPLE_IMAGE, from, 5, 6, to, 8, 11, run, &error);
        alloc_fail_after(-1);
        if (status == FRINGE_OK) break;
        cr_expect_eq(status, FRINGE_MEMORY);
        failures++;
    }
    cr_expect_eq(failures, 5); /* two tables for each axis, and the rows in between */
    fringe_run_cancel(run);
    cr_expect_eq(attempt(RESAMPLE_IMAGE, from, 5, 6, to, 8, 11, run, &error), FRINGE_CANCELLED);
}
