/* The lattice filter: against the definition in double precision, and what must hold for any image. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "image/lattice_filter.h"

enum { WINDOW = LATTICE_FILTER_WINDOW_PX, HALF = WINDOW / 2, MOST = 128 * 160 };

static float image[MOST], filtered[MOST];
static fringe_run *run;

static void start(void)
{
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
}

static void stop(void)
{
    fringe_run_free(run);
}

TestSuite(lattice_filter, .init = start, .fini = stop);

static void filter(int height, int width)
{
    fringe_error error;
    memcpy(filtered, image, sizeof *image * (size_t)height * (size_t)width);
    cr_assert_eq(lattice_filter_apply(filtered, height, width, run, &error), FRINGE_OK, "%s", error.message);
}

/* Noise of spread 1 and a fringe of that amplitude; period 4.7 pixels, as Au 111 has at 0.05 nm. */
static void draw(int height, int width, double amplitude, uint64_t seed)
{
    struct rng rng = rng_from_seed(seed);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            image[y * width + x] =
                (float)(rng_normal(&rng) + amplitude * sin((0.8 * x + 0.6 * y) * 2 * 3.14159265358979 / 4.7));
}

static int mirrored(int i, int size)
{
    while (i < 0 || i >= size) i = i < 0 ? -i : 2 * (size - 1) - i;
    return i;
}

static double logarithm_by_bits(double power)
{
    int exponent;
    double part = frexp(power, &exponent); /* 1/2 to 1 */
    return exponent - 1 + 2 * part - 1;
}

/* One window's contribution, transformed by the sum that defines a Fourier transform. */
static void add_window(const float *from, int height, int width, int top, int left, double *sum)
{
    static double re[WINDOW][WINDOW], im[WINDOW][WINDOW], hann[WINDOW], cosine[WINDOW], sine[WINDOW];
    static double part_re[WINDOW][WINDOW], part_im[WINDOW][WINDOW], pixels[WINDOW][WINDOW];
    double mean = 0, logarithms[WINDOW] = {0}, means[WINDOW] = {0};
    int counts[WINDOW] = {0};
    for (int i = 0; i < WINDOW; i++) {
        cosine[i] = cos(2 * 3.14159265358979323846 * i / WINDOW);
        sine[i] = sin(2 * 3.14159265358979323846 * i / WINDOW);
        hann[i] = 0.5 - 0.5 * cosine[i];
    }
    for (int y = 0; y < WINDOW; y++)
        for (int x = 0; x < WINDOW; x++) {
            pixels[y][x] = from[mirrored(top + y, height) * width + mirrored(left + x, width)];
            mean += pixels[y][x] / (WINDOW * WINDOW);
        }
    for (int y = 0; y < WINDOW; y++) /* along x */
        for (int k = 0; k < WINDOW; k++) {
            part_re[y][k] = part_im[y][k] = 0;
            for (int x = 0; x < WINDOW; x++) {
                double value = (pixels[y][x] - mean) * hann[y] * hann[x];
                part_re[y][k] += value * cosine[k * x % WINDOW];
                part_im[y][k] -= value * sine[k * x % WINDOW];
            }
        }
    for (int l = 0; l < WINDOW; l++)
        for (int k = 0; k < WINDOW; k++) {
            re[l][k] = im[l][k] = 0;
            for (int y = 0; y < WINDOW; y++) {
                double c = cosine[l * y % WINDOW], s = -sine[l * y % WINDOW];
                re[l][k] += part_re[y][k] * c - part_im[y][k] * s;
                im[l][k] += part_re[y][k] * s + part_im[y][k] * c;
            }
        }
    /* One of each pair k, -k: the others say the same. First the mean power of each ring, then the mean
     * logarithm of the ratios to it. */
    for (int pass = 0; pass < 2; pass++)
        for (int l = 0; l < WINDOW; l++)
            for (int k = 0; k < WINDOW; k++) {
                int opposite = (WINDOW - l) % WINDOW * WINDOW + (WINDOW - k) % WINDOW;
                if (l * WINDOW + k > opposite) continue;
                long ring = lround(hypot(l < HALF ? l : l - WINDOW, k < HALF ? k : k - WINDOW));
                double power = re[l][k] * re[l][k] + im[l][k] * im[l][k];
                if (pass == 0) {
                    means[ring] += power;
                    counts[ring]++;
                } else
                    logarithms[ring] += logarithm_by_bits(power / (means[ring] / counts[ring]));
            }
    for (int l = 0; l < WINDOW; l++)
        for (int k = 0; k < WINDOW; k++) {
            long ring = lround(hypot(l < HALF ? l : l - WINDOW, k < HALF ? k : k - WINDOW));
            if (ring < 4) continue;
            double level = logarithms[ring] / counts[ring], whole = floor(level);
            double noise = 2 * 1.781072 * ldexp(1 + level - whole, (int)whole) * means[ring] / counts[ring];
            double power = re[l][k] * re[l][k] + im[l][k] * im[l][k];
            double factor = 0.5 + 0.5 * (power > noise ? 1 - noise / power : 0);
            re[l][k] *= factor;
            im[l][k] *= factor;
        }
    for (int k = 0; k < WINDOW; k++)
        for (int y = 0; y < WINDOW; y++) {
            part_re[y][k] = part_im[y][k] = 0;
            for (int l = 0; l < WINDOW; l++) {
                double c = cosine[l * y % WINDOW], s = sine[l * y % WINDOW];
                part_re[y][k] += re[l][k] * c - im[l][k] * s;
                part_im[y][k] += re[l][k] * s + im[l][k] * c;
            }
        }
    for (int y = 0; y < WINDOW; y++)
        for (int x = 0; x < WINDOW; x++) {
            if (top + y < 0 || top + y >= height || left + x < 0 || left + x >= width) continue;
            double value = 0;
            for (int k = 0; k < WINDOW; k++)
                value += part_re[y][k] * cosine[k * x % WINDOW] - part_im[y][k] * sine[k * x % WINDOW];
            sum[(top + y) * width + left + x] += value / (WINDOW * WINDOW) + mean * hann[y] * hann[x];
        }
}

/* Tall ones are filtered in bands of rows, wide ones in groups of windows. */
Test(lattice_filter, is_its_definition)
{
    const int sizes[][2] = {{150, 45}, {17, 1100}};
    static double sum[MOST];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int height = sizes[s][0], width = sizes[s][1];
        memset(sum, 0, sizeof sum);
        draw(height, width, 0.7, 1);
        filter(height, width);
        for (int top = -HALF; top < height; top += HALF)
            for (int left = -HALF; left < width; left += HALF)
                add_window(image, height, width, top, left, sum);
        for (int i = 0; i < height * width; i++)
            cr_assert_float_eq(filtered[i], sum[i], 2e-5, "%d x %d, pixel %d: %g, not %g", height, width, i,
                               filtered[i], sum[i]);
    }
}

Test(lattice_filter, keeps_fringes_and_halves_noise)
{
    enum { HEIGHT = 128, WIDTH = 160 };
    const double amplitude = 0.8;
    double noise = 0, in_phase = 0, norm = 0, before = 0;
    draw(HEIGHT, WIDTH, 0, 2);
    filter(HEIGHT, WIDTH);
    for (int i = 0; i < HEIGHT * WIDTH; i++) noise += filtered[i] * filtered[i];
    noise = sqrt(noise / (HEIGHT * WIDTH));
    cr_expect(noise > 0.5 && noise < 0.65, "spread 1 becomes %g", noise);
    draw(HEIGHT, WIDTH, amplitude, 2);
    filter(HEIGHT, WIDTH);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double wave = sin((0.8 * x + 0.6 * y) * 2 * 3.14159265358979 / 4.7);
            in_phase += wave * filtered[y * WIDTH + x];
            before += wave * image[y * WIDTH + x];
            norm += wave * wave;
        }
    cr_expect(in_phase / norm > 0.9 * amplitude, "amplitude %g, was %g", in_phase / norm, before / norm);
    cr_expect(in_phase <= before, "amplitude %g, was %g", in_phase / norm, before / norm);
}

Test(lattice_filter, leaves_what_changes_slowly)
{
    enum { HEIGHT = 100, WIDTH = 90 };
    for (int i = 0; i < HEIGHT * WIDTH; i++) image[i] = 3e4f;
    filter(HEIGHT, WIDTH);
    for (int i = 0; i < HEIGHT * WIDTH; i++)
        cr_assert_float_eq(filtered[i], 3e4f, 0.02, "%g of an even image", filtered[i]);
    for (int i = 0; i < HEIGHT * WIDTH; i++)
        image[i] = (float)(100 + 50 * cos(i % WIDTH * 2 * 3.14159265358979 / WIDTH) *
                                     cos(i / WIDTH * 2 * 3.14159265358979 / HEIGHT));
    filter(HEIGHT, WIDTH);
    for (int i = 0; i < HEIGHT * WIDTH; i++)
        cr_assert_float_eq(filtered[i], image[i], 1, "pixel %d: %g, was %g", i, filtered[i], image[i]);
}

Test(lattice_filter, goes_with_scale_and_offset)
{
    enum { HEIGHT = 64, WIDTH = 75 };
    static float plain[HEIGHT * WIDTH];
    draw(HEIGHT, WIDTH, 1, 3);
    filter(HEIGHT, WIDTH);
    memcpy(plain, filtered, sizeof plain);
    for (int i = 0; i < HEIGHT * WIDTH; i++) image[i] = 40 * image[i] + 1000;
    filter(HEIGHT, WIDTH);
    for (int i = 0; i < HEIGHT * WIDTH; i++)
        cr_assert_float_eq((filtered[i] - 1000) / 40, plain[i], 2e-3, "pixel %d: %g, not %g", i,
                           (filtered[i] - 1000) / 40, plain[i]);
}

Test(lattice_filter, leaves_out_what_is_no_number)
{
    enum { HEIGHT = 70, WIDTH = 70 };
    const int holes[] = {0, 35 * WIDTH + 35, HEIGHT * WIDTH - 1};
    draw(HEIGHT, WIDTH, 1, 4);
    image[holes[0]] = INFINITY, image[holes[1]] = NAN, image[holes[2]] = -INFINITY;
    filter(HEIGHT, WIDTH);
    int odd = 0;
    for (int i = 0; i < HEIGHT * WIDTH; i++) odd += !isfinite(filtered[i]);
    cr_expect_eq(odd, 3);
    for (int i = 0; i < 3; i++) cr_expect_not(isfinite(filtered[holes[i]]), "pixel %d", holes[i]);
    for (int i = 0; i < HEIGHT * WIDTH; i++) image[i] = NAN;
    filter(HEIGHT, WIDTH);
    cr_expect(isnan(filtered[17]), "nothing to tell the mean from");
}

Test(lattice_filter, takes_any_size)
{
    const int sizes[][2] = {{1, 1}, {1, 50}, {2, 3}, {16, 16}, {17, 31}, {33, 5}, {128, 160}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int count = sizes[s][0] * sizes[s][1];
        draw(sizes[s][0], sizes[s][1], 1, 5);
        filter(sizes[s][0], sizes[s][1]);
        for (int i = 0; i < count; i++)
            cr_assert(fabsf(filtered[i]) < 8, "%d x %d: pixel %d is %g", sizes[s][0], sizes[s][1], i,
                      filtered[i]);
    }
}

Test(lattice_filter, same_bytes_for_any_number_of_threads)
{
    enum { HEIGHT = 200, WIDTH = 100 };
    static float one[HEIGHT * WIDTH];
    draw(HEIGHT, WIDTH, 0.5, 6);
    for (int threads = 1; threads <= 5; threads++) {
        fringe_run_free(run);
        cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
        filter(HEIGHT, WIDTH);
        if (threads == 1) memcpy(one, filtered, sizeof one);
        cr_expect_eq(memcmp(one, filtered, sizeof one), 0, "%d threads", threads);
    }
}

Test(lattice_filter, hears_cancel)
{
    draw(64, 64, 1, 7);
    fringe_run_cancel(run);
    cr_expect_eq(lattice_filter_apply(image, 64, 64, run, NULL), FRINGE_CANCELLED);
}
