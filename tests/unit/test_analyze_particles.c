/* The whole way from micrographs to a report: what is written, that it does not depend on how it came about,
 * and what becomes of images that have no particles, no pixel size, no end. The network here is a threshold,
 * the crystals are drawn. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/file.h"
#include "fringe/fringe.h"
#include "support/batch_case.h"
#include "support/drawn_forest.h"
#include "support/entered_folder.h"
#include "support/faulted_disc.h"
#include "text/csv_read.h"

enum { SIDE = 220, DISCS = 3, WIDTH = SIDE * DISCS, MARGIN = 40 };

static struct batch_case_model made;
static const fringe_model *model;
static fringe_fault_model *faults;
static char pages_heard[600], failures_heard[2000];
static int items_heard;

/* Particle where a pixel is brighter than the mean. */
static void make_threshold(void)
{
    static const float weight = 8, bias = 0;
    const int64_t dims[] = {1, 1, 1, 1};
    made.net = net_begin("image", 1);
    int inputs[] = {net_input(made.net), net_floats(made.net, 4, dims, &weight),
                    net_floats(made.net, 1, dims, &bias)};
    int x = net_node(made.net, "Conv", inputs, 3, "kernel_shape=1,1", 1);
    model = batch_case_finish_model(&made, net_node(made.net, "Sigmoid", &x, 1, "", 1), 1, OUTPUT_MASK);
}

static void start(void)
{
    entered_folder_make();
    make_threshold();
}

static void stop(void)
{
    fringe_fault_model_free(faults);
    net_free(made.net);
    cr_expect_eq(chdir("/"), 0);
    entered_folder_remove();
}

TestSuite(analysis, .init = start, .fini = stop, .timeout = 120);

static void load_faults(void)
{
    fringe_error error;
    cr_assert_eq(mkdir("forest", 0700), 0);
    drawn_forest_write("forest");
    cr_assert_eq(fringe_fault_model_load("forest", NULL, NULL, &faults, &error), FRINGE_OK, "%s",
                 error.message);
}

/* A TIFF of one page as ImageJ writes it; nm_per_px 0: without calibration. */
static void write_image(const char *path, const uint8_t *pixels, uint32_t height, uint32_t width,
                        double nm_per_px)
{
    static const char text[] = "ImageJ=1.54f\nunit=nm\n";
    const uint32_t count = nm_per_px > 0 ? 10 : 8, text_at = 8 + 2 + 12 * count + 4;
    const uint32_t ratio_at = text_at + sizeof text, pixels_at = ratio_at + 8;
    const uint32_t fields[10][4] = {
        {256, 4, 1, width},     {257, 4, 1, height}, {258, 3, 1, 8},
        {259, 3, 1, 1},         {262, 3, 1, 1},      {270, 2, sizeof text, text_at},
        {273, 4, 1, pixels_at}, {278, 4, 1, height}, {279, 4, 1, width * height},
        {282, 5, 1, ratio_at}};
    const uint32_t ratio[2] = {1000000, (uint32_t)lround(1000000 * nm_per_px)}, none = 0;
    const uint16_t entries = (uint16_t)count;
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    fwrite("II*\0\10\0\0\0", 1, 8, file);
    fwrite(&entries, 2, 1, file);
    for (int i = 0; i < 10; i++) {
        uint16_t head[2] = {(uint16_t)fields[i][0], (uint16_t)fields[i][1]};
        if (nm_per_px <= 0 && (head[0] == 270 || head[0] == 282)) continue;
        fwrite(head, 2, 2, file);
        fwrite(&fields[i][2], 4, 2, file); /* little-endian, as are the machines that run this */
    }
    fwrite(&none, 4, 1, file);
    fwrite(text, 1, sizeof text, file);
    fwrite(ratio, 4, 2, file);
    fwrite(pixels, 1, (size_t)width * height, file);
    cr_assert_eq(fclose(file), 0);
}

/* A whole crystal, one with a glide, one with a twin, brighter than what is around them. */
static void write_crystals(const char *path, double nm_per_px, unsigned seed)
{
    static uint8_t pixels[(SIDE + MARGIN) * WIDTH];
    struct rng rng = rng_from_seed(seed);
    for (int y = 0; y < SIDE + MARGIN; y++)
        for (int x = 0; x < WIDTH; x++) {
            double dx = x % SIDE - 110, dy = y - 110, value = 40 + 6 * rng_normal(&rng);
            int disc = x / SIDE, inside = dx * dx + dy * dy < FAULTED_DISC_RADIUS * FAULTED_DISC_RADIUS;
            if (inside)
                value += 110 + faulted_disc_value((enum faulted_disc_kind)disc, 20 + 30 * disc, 12, dx, dy);
            pixels[y * WIDTH + x] = (uint8_t)fmax(0, fmin(255, value));
        }
    write_image(path, pixels, SIDE + MARGIN, WIDTH, nm_per_px);
}

static void write_constant(const char *path)
{
    static uint8_t pixels[64 * 64];
    memset(pixels, 100, sizeof pixels);
    write_image(path, pixels, 64, 64, 0.02);
}

static void hear(void *user, const fringe_batch_item *item)
{
    (void)user;
    items_heard++;
    *pages_heard = 0; /* the pages come last */
    for (size_t i = 0; i < item->output_count; i++)
        snprintf(pages_heard + strlen(pages_heard), sizeof pages_heard - strlen(pages_heard), "%s ",
                 item->outputs[i]);
    if (item->status)
        snprintf(failures_heard + strlen(failures_heard), sizeof failures_heard - strlen(failures_heard),
                 "%s\n", item->message);
}

static fringe_analyze_options wanted(const char *directory)
{
    fringe_analyze_options options;
    fringe_analyze_options_init(&options);
    options.batch.segment.normalize = FRINGE_NORMALIZE_ZSCORE;
    options.batch.output_directory = directory;
    options.faults = faults;
    return options;
}

static fringe_batch_summary analyze(const char *const *paths, size_t count,
                                    const fringe_analyze_options *options, int threads)
{
    fringe_batch_summary summary;
    fringe_error error = {0};
    fringe_run *run;
    *failures_heard = 0;
    items_heard = 0;
    cr_assert_eq(fringe_run_create(threads, &run, &error), FRINGE_OK);
    cr_assert_eq(fringe_batch_analyze(model, paths, count, options, run, hear, NULL, &summary, &error),
                 FRINGE_OK, "%s", error.message);
    fringe_run_free(run);
    return summary;
}

static char *content(const char *path)
{
    unsigned char *bytes;
    size_t size;
    fringe_error error;
    cr_assert_eq(file_read_all(path, 64 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    return (char *)bytes;
}

static void expect_in(const char *path, const char *words, int there)
{
    char *text = content(path);
    cr_expect_eq(strstr(text, words) != NULL, there, "%s: %s \"%s\"", path, there ? "lacks" : "has", words);
    alloc_free(text);
}

static struct csv_table *read_table(const char *path)
{
    struct csv_table *table;
    fringe_error error;
    char *text = content(path);
    cr_assert_eq(csv_read(text, strlen(text), path, &table, &error), FRINGE_OK, "%s", error.message);
    alloc_free(text);
    return table;
}

static const char *cell(const struct csv_table *table, size_t row, const char *column)
{
    size_t at = csv_table_find(table, column);
    cr_assert_lt(at, csv_table_columns(table), "no column %s", column);
    return csv_table_cell(table, row, at);
}

static void expect_same_pages(const char *one, const char *other)
{
    static const char *const names[] = {"particles.csv", "summary.csv", "report.html"};
    char paths[2][128], digests[2][DIGEST_TEXT_BYTES];
    for (int i = 0; i < 3; i++) {
        snprintf(paths[0], sizeof paths[0], "%s/%s", one, names[i]);
        snprintf(paths[1], sizeof paths[1], "%s/%s", other, names[i]);
        for (int k = 0; k < 2; k++)
            cr_assert_eq(digest_file(paths[k], digests[k], NULL), FRINGE_OK, "%s", paths[k]);
        cr_expect_str_eq(digests[0], digests[1], "%s and %s differ", paths[0], paths[1]);
    }
}

Test(analysis, goes_all_the_way)
{
    static const char *const paths[] = {"a.tif", "b.tif"};
    load_faults();
    write_crystals("a.tif", 0.023546, 1);
    write_crystals("b.tif", 0.023546, 2);
    fringe_analyze_options options = wanted("out");
    options.batch.probability = 1;
    fringe_batch_summary summary = analyze(paths, 2, &options, 2);
    cr_expect_eq(summary.done_count, 3, "two images and the pages");
    cr_expect_eq(items_heard, 3);
    cr_expect_str_eq(pages_heard, "out/particles.csv out/summary.csv out/report.html ");
    static const char *const files[] = {"mask.tif", "probability.tif", "labels.tif", "particles.csv",
                                        "rois.zip", "overlay.png",     "fringe.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct file_facts facts;
        char path[64];
        snprintf(path, sizeof path, "out/a-%s", files[i]);
        file_look(path, &facts);
        cr_expect_eq(facts.kind, FILE_REGULAR, "%s", path);
    }
    struct csv_table *table = read_table("out/particles.csv");
    cr_assert_eq(csv_table_rows(table), 2 * DISCS);
    static const char *const classes[] = {"no fault seen", "stacking fault", "twin"};
    for (size_t row = 0; row < 2 * DISCS; row++) {
        cr_expect_str_eq(cell(table, row, "image"), paths[row / DISCS]);
        cr_expect_str_eq(cell(table, row, "Label"), paths[row / DISCS]);
        cr_expect_eq(atoi(cell(table, row, " ")), (int)row + 1);
        cr_expect_eq(atoi(cell(table, row, "particle")), (int)(row % DISCS) + 1);
        cr_expect_str_eq(cell(table, row, "class"), classes[row % DISCS]);
        cr_expect_str_eq(cell(table, row, "unit"), "nm");
        cr_expect_gt(atof(cell(table, row, "mean_probability")), 0.8);
        cr_expect_float_eq(atof(cell(table, row, "diameter")), 2 * FAULTED_DISC_RADIUS * 0.023546, 0.05);
        cr_expect_float_eq(atof(cell(table, row, "d1")), 0.23546, 0.003);
    }
    csv_table_free(table);
    table = read_table("out/summary.csv");
    cr_assert_eq(csv_table_rows(table), 3);
    cr_expect_str_eq(cell(table, 2, "image"), "all");
    cr_expect_str_eq(cell(table, 2, "twin"), "2");
    cr_expect_float_eq(atof(cell(table, 2, "fault_fraction")), 2. / 3, 1e-12);
    cr_expect_float_eq(atof(cell(table, 0, "diameter_mean")), 4.24, 0.05);
    csv_table_free(table);
    expect_in("out/a-fringe.json", "\"stacking fault\": 1", 1);
    expect_in("out/report.html", "data:image/png;base64,iVBOR", 1);
    expect_in("out/report.html", "faults seen in <strong>66.7 %", 1);
    expect_in("out/report.html", "<script", 0);
    expect_in("out/report.html", "src=\"http", 0);
}

Test(analysis, pages_do_not_depend_on_how_they_came_about)
{
    static const char *const paths[] = {"a.tif", "broken.tif", "b.tif"};
    load_faults();
    write_crystals("a.tif", 0.023546, 1);
    write_crystals("b.tif", 0.023546, 2);
    FILE *file = fopen("broken.tif", "wb");
    fwrite("II*\0\10\0\0\0\1", 1, 9, file);
    fclose(file);
    fringe_analyze_options options = wanted("whole");
    fringe_batch_summary summary = analyze(paths, 3, &options, 1);
    cr_expect_eq(summary.failed_count, 1);
    cr_expect_eq(summary.done_count, 3);
    cr_expect_not_null(strstr(failures_heard, "broken.tif"));
    expect_in("whole/report.html", "broken.tif", 1);
    expect_in("whole/summary.csv", "broken.tif,failed,", 1);
    /* One image first, then all, with other threads: that one is skipped. */
    options.batch.output_directory = "parts";
    analyze(paths, 1, &options, 3);
    summary = analyze(paths, 3, &options, 3);
    cr_expect_eq(summary.skipped_count, 1);
    expect_same_pages("whole", "parts");
    /* All are skipped, and the pages are made again. */
    cr_assert_eq(remove("parts/report.html"), 0);
    summary = analyze(paths, 3, &options, 2);
    cr_expect_eq(summary.skipped_count, 2);
    expect_same_pages("whole", "parts");
}

Test(analysis, without_a_forest_there_are_no_classes)
{
    static const char *const paths[] = {"a.tif"};
    write_crystals("a.tif", 0.023546, 1);
    fringe_analyze_options options = wanted(NULL);
    analyze(paths, 1, &options, 1);
    cr_expect_str_eq(pages_heard, "particles.csv summary.csv report.html ");
    expect_in("particles.csv", ",class,", 0);
    expect_in("summary.csv", "fault_fraction", 0);
    expect_in("report.html", "Lattice", 0);
}

Test(analysis, pixels_and_nm_are_kept_apart)
{
    static const char *const paths[] = {"a.tif", "b.tif"};
    load_faults();
    write_crystals("a.tif", 0.023546, 1);
    write_crystals("b.tif", 0, 2);
    fringe_analyze_options options = wanted("out");
    analyze(paths, 2, &options, 1);
    struct csv_table *table = read_table("out/summary.csv");
    cr_assert_eq(csv_table_rows(table), 4, "two images, and all in each unit");
    cr_expect_str_eq(cell(table, 2, "unit"), "nm");
    cr_expect_str_eq(cell(table, 3, "unit"), "pixel");
    cr_expect_str_eq(cell(table, 2, "n"), "3");
    cr_expect_str_eq(cell(table, 3, "n"), "3");
    cr_expect_float_eq(atof(cell(table, 3, "diameter_d50")), 2 * FAULTED_DISC_RADIUS, 2);
    csv_table_free(table);
    expect_in("out/report.html", "Some micrographs have no pixel size", 1);
    expect_in("out/b-fringe.json", "without a pixel size particles are not limited in nm", 1);
    /* Alone, images without a pixel size have no nm anywhere. */
    options.batch.output_directory = "alone";
    analyze(paths + 1, 1, &options, 1);
    expect_in("alone/summary.csv", "pixel", 1);
    expect_in("alone/summary.csv", ",nm,", 0);
    expect_in("alone/report.html", "(nm)", 0);
}

Test(analysis, an_image_without_particles_is_a_result)
{
    static const char *const paths[] = {"empty.tif"};
    write_constant("empty.tif");
    fringe_analyze_options options = wanted("out");
    fringe_batch_summary summary = analyze(paths, 1, &options, 1);
    cr_expect_eq(summary.failed_count, 0);
    expect_in("out/report.html", "No particles were found", 1);
    struct csv_table *table = read_table("out/particles.csv");
    cr_expect_eq(csv_table_rows(table), 0);
    csv_table_free(table);
}

/* As many particles of one pixel as 16 bits have numbers, and some more. */
Test(analysis, many_particles_of_one_pixel)
{
    enum { ROWS = 260, EACH = 257, HEIGHT = 2 * ROWS, ACROSS = 2 * EACH };
    static const char *const paths[] = {"dots.tif"};
    static uint8_t pixels[HEIGHT * ACROSS];
    for (int y = 0; y < HEIGHT; y += 2)
        for (int x = 0; x < ACROSS; x += 2) pixels[y * ACROSS + x] = 255;
    write_image("dots.tif", pixels, HEIGHT, ACROSS, 0);
    fringe_analyze_options options = wanted("out");
    options.particles.least_px = 0;
    options.particles.split_neck = 0;
    analyze(paths, 1, &options, 2);
    fringe_micrograph *labels;
    fringe_micrograph_info info;
    cr_assert_eq(fringe_micrograph_open("out/dots-labels.tif", NULL, &labels, NULL), FRINGE_OK);
    fringe_micrograph_get_info(labels, &info);
    cr_expect_eq(info.pixel, FRINGE_PIXEL_FLOAT32);
    fringe_micrograph_free(labels);
    struct csv_table *table = read_table("out/particles.csv");
    cr_expect_eq(csv_table_rows(table), ROWS * EACH);
    cr_expect_str_eq(cell(table, ROWS * EACH - 1, "pixels"), "1");
    csv_table_free(table);
    table = read_table("out/summary.csv");
    cr_expect_lt(atof(cell(table, 1, "diameter_sd")), 1e-12, "all are of one size");
    csv_table_free(table);
}

Test(analysis, what_others_wrote_is_not_replaced)
{
    static const char *const paths[] = {"a.tif"};
    fringe_error error;
    struct file_facts facts;
    write_crystals("a.tif", 0.023546, 1);
    cr_assert_eq(mkdir("out", 0700), 0);
    FILE *file = fopen("out/report.html", "w");
    fputs("<!DOCTYPE html>\n<p>mine", file);
    fclose(file);
    fringe_analyze_options options = wanted("out");
    options.batch.overwrite = 1;
    cr_expect_eq(fringe_batch_analyze(model, paths, 1, &options, NULL, NULL, NULL, NULL, &error),
                 FRINGE_EXISTS);
    cr_expect_not_null(strstr(error.message, "out/report.html was not written by Fringe"), "%s",
                       error.message);
    file_look("out/a-mask.tif", &facts);
    cr_expect_eq(facts.kind, FILE_ABSENT, "nothing was done");
    expect_in("out/report.html", "mine", 1);
}

Test(analysis, a_table_that_was_spoilt_is_named)
{
    static const char *const paths[] = {"a.tif", "b.tif"};
    write_crystals("a.tif", 0.023546, 1);
    write_crystals("b.tif", 0.023546, 2);
    fringe_analyze_options options = wanted("out");
    analyze(paths, 2, &options, 1);
    FILE *file = fopen("out/a-particles.csv", "w");
    fputs(" ,Label,diameter,unit\n1,\"a\n", file);
    fclose(file);
    analyze(paths, 2, &options, 1);
    expect_in("out/summary.csv", "a.tif,failed,", 1);
    expect_in("out/summary.csv", "b.tif,ok,", 1);
    file = fopen("out/a-particles.csv", "w");
    fputs(" ,Label,diameter,AR,unit\n1,a,1e308,-1e308,nm\n2,a,inf,1e-320,nm\n3,a,x,,\n", file);
    fclose(file);
    fringe_batch_summary summary = analyze(paths, 2, &options, 1);
    cr_expect_eq(summary.failed_count, 0, "numbers that no particle has are none");
}

Test(analysis, networks_without_particles_are_refused)
{
    static const char *const paths[] = {"a.tif"};
    struct batch_case_model other;
    fringe_error error;
    write_crystals("a.tif", 0.023546, 1);
    fringe_analyze_options options = wanted("out");
    const fringe_model *values = batch_case_make_model(&other, 1, NULL, OUTPUT_VALUES);
    cr_expect_eq(fringe_batch_analyze(values, paths, 1, &options, NULL, NULL, NULL, NULL, &error),
                 FRINGE_ARGUMENT);
    cr_expect_not_null(strstr(error.message, "gives values"), "%s", error.message);
    net_free(other.net);
}

Test(analysis, labels_are_classified_in_their_image_alone)
{
    static const char *const images[] = {"a.tif"}, *const masks[] = {"out/a-mask.tif"};
    fringe_measure_options options;
    fringe_error error;
    load_faults();
    write_crystals("a.tif", 0.023546, 1);
    fringe_analyze_options whole = wanted("out");
    analyze(images, 1, &whole, 1);
    fringe_measure_options_init(&options);
    options.faults = faults;
    cr_expect_eq(fringe_batch_measure(masks, 1, &options, NULL, NULL, NULL, NULL, &error), FRINGE_ARGUMENT);
    options.image = "a.tif";
    cr_expect_eq(fringe_batch_measure(masks, 1, &options, NULL, NULL, NULL, NULL, &error), FRINGE_OK);
    struct csv_table *table = read_table("out/a-mask-particles.csv"),
                     *same = read_table("out/a-particles.csv");
    size_t last = csv_table_rows(table) - 1;
    cr_expect_str_eq(cell(table, last, "class"), "twin");
    cr_expect_str_eq(cell(same, csv_table_rows(same) - 1, "fault_probability"),
                     cell(table, last, "fault_probability"));
    csv_table_free(table);
    csv_table_free(same);
}

/* Every allocation fails once: the batch says so or does without, and nothing leaks or is left half-written.
 */
Test(analysis, wants_memory)
{
    static const char *const paths[] = {"a.tif"};
    fringe_error error;
    write_crystals("a.tif", 0.023546, 1);
    fringe_analyze_options options = wanted("out");
    analyze(paths, 1, &options, 1);
    int failed = 0;
    for (long n = 0; n < 4000; n += 1 + n / 16) { /* the image is skipped: what is left are the pages */
        fringe_batch_summary summary = {0};
        alloc_fail_after(n);
        fringe_status status =
            fringe_batch_analyze(model, paths, 1, &options, NULL, NULL, NULL, &summary, &error);
        alloc_fail_after(-1);
        failed += status || summary.failed_count;
        if (!status && !summary.failed_count) break;
        cr_expect(status == FRINGE_OK || status == FRINGE_MEMORY, "%ld: %s", n, error.message);
    }
    cr_expect_gt(failed, 10);
    analyze(paths, 1, &options, 1);
    expect_in("out/report.html", "</html>", 1);
}
