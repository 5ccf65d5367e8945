/* Planes in the smallest type: the numbers come back, whatever the type, the width and the CPU path; numbers
 * that do not fit make floats of the plane; cropping, counting and looking up. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "image/micrograph_source.h"
#include "image/sample_plane.h"

enum { H = 70, W = 1237 }; /* several blocks of rows, and a width of no whole vectors */

static struct sample_plane plane;
static float *wanted;
static fringe_micrograph *micrograph;

static void start(void)
{
    wanted = alloc_array(H * W, sizeof *wanted);
}

static void stop(void)
{
    sample_plane_free(&plane);
    fringe_micrograph_free(micrograph);
    alloc_free(wanted);
}

TestSuite(sample_plane, .init = start, .fini = stop);

/* A source that hands out `wanted` and says that its pixels are of some type. */
static fringe_status read_wanted(void *state, int32_t slice, int32_t channel, int32_t y0, int32_t y1,
                                 float *rows, fringe_error *error)
{
    (void)state, (void)slice, (void)channel, (void)error;
    memcpy(rows, wanted + (size_t)y0 * W, (size_t)(y1 - y0) * W * sizeof *rows);
    return FRINGE_OK;
}

static void close_nothing(void *state)
{
    (void)state;
}

static const struct micrograph_source_methods methods = {read_wanted, close_nothing};

static void read_as(fringe_pixel pixel)
{
    if (!micrograph) {
        cr_assert_eq(micrograph_source_create("test", "memory", &micrograph, NULL), FRINGE_OK);
        micrograph->methods = &methods;
        micrograph->info.height_px = H;
        micrograph->info.width_px = W;
    }
    micrograph->info.pixel = pixel;
    cr_assert_eq(sample_plane_read(&plane, micrograph, 0, 0, NULL, NULL), FRINGE_OK);
    cr_assert(plane.height_px == H && plane.width_px == W);
}

static void expect_wanted(const char *what)
{
    float row[W];
    for (int y = 0; y < H; y++)
        cr_expect_arr_eq(sample_plane_row(&plane, y, row), wanted + y * W, W * sizeof *row, "%s, row %d",
                         what, y);
    for (size_t i = 0; i < H * W; i += 997)
        cr_expect(!memcmp(&(float){sample_plane_at(&plane, i)}, &wanted[i], sizeof *wanted), "%s, %zu", what,
                  i);
}

/* Numbers from least to most and back to least again. */
static void fill(int least, int most)
{
    int range = most - least + 1;
    for (int i = 0; i < H * W; i++) wanted[i] = (float)(least + (int)((int64_t)i * 7919 % range));
    wanted[0] = (float)most, wanted[H * W - 1] = (float)least;
}

Test(sample_plane, whole_numbers_take_no_more_than_their_type)
{
    static const struct {
        fringe_pixel of_source, kept;
        int least, most;
    } types[] = {{FRINGE_PIXEL_UINT8, FRINGE_PIXEL_UINT8, 0, 255},
                 {FRINGE_PIXEL_BIT, FRINGE_PIXEL_UINT8, 0, 1},
                 {FRINGE_PIXEL_INT8, FRINGE_PIXEL_INT16, -128, 127},
                 {FRINGE_PIXEL_UINT16, FRINGE_PIXEL_UINT16, 0, 65535},
                 {FRINGE_PIXEL_INT16, FRINGE_PIXEL_INT16, -32768, 32767},
                 {FRINGE_PIXEL_INT32, FRINGE_PIXEL_FLOAT32, 0, 255},
                 {FRINGE_PIXEL_FLOAT32, FRINGE_PIXEL_FLOAT32, 0, 255}};
    for (enum cpu_path path = CPU_PORTABLE; path <= cpu_path_best(); path++) {
        cpu_path_set(path);
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            fill(types[t].least, types[t].most);
            read_as(types[t].of_source);
            cr_expect_eq(plane.pixel, types[t].kept, "%s", fringe_pixel_name(types[t].of_source));
            expect_wanted(fringe_pixel_name(types[t].of_source));
        }
    }
}

/* Whatever does not fit, wherever it stands, nothing of the plane is lost. */
Test(sample_plane, numbers_that_do_not_fit_make_floats)
{
    static const float odd[] = {-1, 256, 0.5f, 254.99998f, 1e30f, -1e30f, NAN, INFINITY, -INFINITY};
    static const size_t places[] = {0, 5, W - 1, (size_t)H / 2 * W + 3, H * W - 1};
    for (enum cpu_path path = CPU_PORTABLE; path <= cpu_path_best(); path++) {
        cpu_path_set(path);
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
            for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
                fill(0, 255);
                wanted[places[p]] = odd[i];
                read_as(FRINGE_PIXEL_UINT8);
                cr_expect_eq(plane.pixel, FRINGE_PIXEL_FLOAT32, "%g at %zu", (double)odd[i], places[p]);
                expect_wanted("floats");
            }
    }
    fill(-5, 65000);
    read_as(FRINGE_PIXEL_UINT16);
    cr_expect_eq(plane.pixel, FRINGE_PIXEL_FLOAT32);
    fill(-40000, 0);
    read_as(FRINGE_PIXEL_INT16);
    cr_expect_eq(plane.pixel, FRINGE_PIXEL_FLOAT32);
    expect_wanted("floats");
}

Test(sample_plane, counts_and_tables_go_by_index)
{
    static const struct {
        fringe_pixel pixel;
        int least, most;
    } types[] = {
        {FRINGE_PIXEL_UINT8, 0, 255}, {FRINGE_PIXEL_UINT16, 0, 65535}, {FRINGE_PIXEL_INT16, -32768, 32767}};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        fill(types[t].least, types[t].most);
        read_as(types[t].pixel);
        size_t count = sample_plane_value_count(plane.pixel);
        cr_assert_eq(count, (size_t)(types[t].most - types[t].least + 1));
        float *values = alloc_array(count, sizeof *values), *table = alloc_array(count, sizeof *table);
        int64_t *counts = alloc_array(count, sizeof *counts),
                *wanted_counts = alloc_array(count, sizeof *counts);
        sample_plane_values(plane.pixel, values);
        for (size_t i = 0; i < count; i++) {
            cr_expect_eq(values[i], (float)(types[t].least + (int)i));
            table[i] = 2 * values[i] + 1;
            counts[i] = -1; /* counted anew, whatever stood there */
        }
        for (int i = 0; i < H * W; i++) wanted_counts[(int)wanted[i] - types[t].least]++;
        sample_plane_count(&plane, counts);
        cr_expect_arr_eq(counts, wanted_counts, count * sizeof *counts);
        float row[W];
        sample_plane_look_up(&plane, 3, 11, W - 20, table, row);
        for (int x = 0; x < W - 20; x++) cr_expect_eq(row[x], 2 * wanted[3 * W + 11 + x] + 1);
        alloc_free(values), alloc_free(table), alloc_free(counts), alloc_free(wanted_counts);
    }
    cr_expect_eq(sample_plane_value_count(FRINGE_PIXEL_FLOAT32), 0);
}

Test(sample_plane, edges_come_off)
{
    static const fringe_pixel pixels[] = {FRINGE_PIXEL_UINT8, FRINGE_PIXEL_UINT16, FRINGE_PIXEL_FLOAT32};
    const fringe_excluded edges = {2, 5, 3, 9}, nothing = {0};
    for (int p = 0; p < 3; p++) {
        fill(0, 255);
        read_as(pixels[p]);
        sample_plane_crop(&plane, &nothing);
        expect_wanted("nothing taken off");
        sample_plane_crop(&plane, &edges);
        cr_assert(plane.height_px == H - 7 && plane.width_px == W - 12);
        float row[W];
        for (int y = 0; y < H - 7; y++)
            cr_expect_arr_eq(sample_plane_row(&plane, y, row), wanted + (y + 2) * W + 3,
                             (W - 12) * sizeof *row);
    }
}

Test(sample_plane, fails_cleanly)
{
    fringe_error error;
    fringe_run *run;
    fill(0, 255);
    wanted[H * W - 1] = 0.5f; /* memory for floats is needed too */
    read_as(FRINGE_PIXEL_FLOAT32);
    micrograph->info.pixel = FRINGE_PIXEL_UINT8;
    int failures = 0;
    for (;; failures++) {
        sample_plane_free(&plane);
        alloc_fail_after(failures);
        fringe_status status = sample_plane_read(&plane, micrograph, 0, 0, NULL, &error);
        alloc_fail_after(-1);
        if (status == FRINGE_OK) break;
        cr_expect_eq(status, FRINGE_MEMORY);
    }
    cr_expect_eq(failures, 3); /* bytes, rows, floats */
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_cancel(run);
    cr_expect_eq(sample_plane_read(&plane, micrograph, 0, 0, run, &error), FRINGE_CANCELLED);
    fringe_run_free(run);
}
