/* fringe_evaluate through the public library: stacks, several classes, unlabelled pixels, refusals. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fringe/fringe.h"

enum { SIDE = 20 };
static char folder[64];

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* An 8-bit PGM would do, but TIFF is what can hold slices: little-endian, one strip a page. */
static void write_tiff(const char *name, const unsigned char *pixels, int pages)
{
    FILE *file = fopen(in_folder(name), "wb");
    const unsigned directory = 2 + 9 * 12 + 4, page_bytes = SIDE * SIDE;
    unsigned at = 8;
    cr_assert(file);
    fwrite("II*\0\10\0\0\0", 1, 8, file);
    for (int page = 0; page < pages; page++) {
        const unsigned tags[9][3] = {{256, 4, SIDE}, {257, 4, SIDE}, {258, 3, 8},
                                     {259, 3, 1},    {262, 3, 1},    {273, 4, at + directory},
                                     {277, 3, 1},    {278, 4, SIDE}, {279, 4, page_bytes}};
        fputc(9, file);
        fputc(0, file);
        for (int t = 0; t < 9; t++) {
            const unsigned char entry[12] = {(unsigned char)tags[t][0],
                                             (unsigned char)(tags[t][0] >> 8),
                                             (unsigned char)tags[t][1],
                                             0,
                                             1,
                                             0,
                                             0,
                                             0,
                                             (unsigned char)tags[t][2],
                                             (unsigned char)(tags[t][2] >> 8),
                                             (unsigned char)(tags[t][2] >> 16),
                                             0};
            fwrite(entry, 1, 12, file);
        }
        at += directory + page_bytes;
        unsigned next = page + 1 < pages ? at : 0;
        const unsigned char link[4] = {(unsigned char)next, (unsigned char)(next >> 8),
                                       (unsigned char)(next >> 16), 0};
        fwrite(link, 1, 4, file);
        fwrite(pixels + page * SIDE * SIDE, 1, SIDE * SIDE, file);
    }
    fclose(file);
}

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/fringe-evaluate-XXXXXX");
    cr_assert(mkdtemp(folder));
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    cr_assert_eq(system(command), 0);
}

/* Three stripes of clear brightness in each page, with the labels of `values`; of the second page a fifth of
 * the pixels is of another brightness than its label says. */
static void write_stripes(const unsigned char values[3])
{
    static unsigned char image[2 * SIDE * SIDE], labels[2 * SIDE * SIDE];
    for (int i = 0; i < 2 * SIDE * SIDE; i++) {
        int stripe = i % SIDE * 3 / SIDE, wrong = i >= SIDE * SIDE && i / SIDE % 5 == 4;
        labels[i] = values[stripe];
        image[i] = (unsigned char)(40 + 70 * (wrong ? 2 - stripe : stripe) + i % 7);
    }
    write_tiff("a.tif", image, 2);
    write_tiff("a-labels.tif", labels, 2);
}

static const fringe_evaluate_row *find_row(const fringe_evaluation *evaluation, fringe_evaluate_extent extent,
                                           int class_index)
{
    for (size_t i = 0; i < evaluation->row_count; i++)
        if (evaluation->rows[i].extent == extent && evaluation->rows[i].class_index == class_index)
            return &evaluation->rows[i];
    cr_assert_fail("there is no such row");
    abort();
}

static fringe_status evaluate(const fringe_evaluate_options *options, fringe_evaluation *evaluation,
                              fringe_error *error)
{
    const char *path = in_folder("a.tif");
    return fringe_evaluate(&path, 1, options, NULL, evaluation, error);
}

Test(evaluate, slices_of_a_stack_count_together, .init = set_up, .fini = tear_down)
{
    static const char *const baselines[] = {"otsu"};
    fringe_evaluate_options options;
    fringe_evaluation evaluation;
    fringe_error error;
    fringe_evaluate_options_init(&options);
    options.baselines = baselines;
    options.baseline_count = 1;
    options.segment.exclude_bottom_px = 0;
    write_stripes((const unsigned char[]){0, 1, 2});
    cr_assert_eq(evaluate(&options, &evaluation, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(evaluation.image_count, 1);
    cr_expect_eq(evaluation.class_count, 3);
    cr_expect_eq(evaluation.row_count, 3 * 4);
    /* Outer stripes are exchanged in 4 of 40 rows, the middle one is right everywhere: stripes of 7, 7 and 6
     * columns. */
    const fringe_evaluate_row *row = find_row(&evaluation, FRINGE_EVALUATE_IMAGE, 1);
    cr_expect_float_eq(row->values[FRINGE_SCORE_DICE], 1, 1e-12);
    cr_expect_str_eq(row->class_name, "1");
    row = find_row(&evaluation, FRINGE_EVALUATE_POOLED, -1);
    cr_expect_float_eq(row->values[FRINGE_SCORE_ACCURACY], 1 - 4 * 13 / 800., 1e-12, "%g",
                       row->values[FRINGE_SCORE_ACCURACY]);
    row = find_row(&evaluation, FRINGE_EVALUATE_POOLED, 0);
    cr_expect_float_eq(row->values[FRINGE_SCORE_RECALL], 36 / 40., 1e-12);
    cr_expect_float_eq(row->values[FRINGE_SCORE_PRECISION], 36 * 7 / (36 * 7 + 4 * 6.), 1e-12);
    cr_expect(row->values[FRINGE_SCORE_BOUNDARY_PX] > 0);
    cr_expect(isnan(row->values[FRINGE_SCORE_BOUNDARY_NM]), "there is no pixel size");
    cr_expect(isnan(row->values[FRINGE_SCORE_CALIBRATION_ERROR]), "there is no probability");
    cr_expect(isnan(row->low[FRINGE_SCORE_DICE]), "one image says nothing of their spread");
    double px = row->values[FRINGE_SCORE_BOUNDARY_PX];
    fringe_evaluation_free(&evaluation);

    options.segment.pixel_size_nm = 0.5;
    cr_assert_eq(evaluate(&options, &evaluation, &error), FRINGE_OK, "%s", error.message);
    row = find_row(&evaluation, FRINGE_EVALUATE_MEAN, 0);
    cr_expect_float_eq(row->values[FRINGE_SCORE_BOUNDARY_NM], px / 2, 1e-12);
    fringe_evaluation_free(&evaluation);
    cr_expect_null(evaluation.rows);
    fringe_evaluation_free(&evaluation);
}

Test(evaluate, label_values_become_classes, .init = set_up, .fini = tear_down)
{
    static const char *const baselines[] = {"kmeans"};
    static const int32_t values[] = {170, 0, 85}, two[] = {0, 170};
    fringe_evaluate_options options;
    fringe_evaluation evaluation;
    fringe_error error;
    fringe_evaluate_options_init(&options);
    options.baselines = baselines;
    options.baseline_count = 1;
    options.segment.exclude_bottom_px = 0;
    write_stripes((const unsigned char[]){0, 85, 170});
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "3 values (0,85,170)"), "%s", error.message);
    cr_expect_null(evaluation.rows);
    options.classes = values;
    options.class_count = 3;
    cr_assert_eq(evaluate(&options, &evaluation, &error), FRINGE_OK, "%s", error.message);
    cr_expect_float_eq(find_row(&evaluation, FRINGE_EVALUATE_POOLED, 2)->values[FRINGE_SCORE_DICE], 1, 1e-12);
    cr_expect_float_eq(find_row(&evaluation, FRINGE_EVALUATE_POOLED, 1)->values[FRINGE_SCORE_RECALL], 0.9,
                       1e-12);
    fringe_evaluation_free(&evaluation);

    /* Not scored: the middle stripe. */
    options.classes = two;
    options.class_count = 2;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "the label 85, which none of the 2 classes has"), "%s", error.message);
    options.ignore = 85;
    cr_assert_eq(evaluate(&options, &evaluation, &error), FRINGE_OK, "%s", error.message);
    const fringe_evaluate_row *row = find_row(&evaluation, FRINGE_EVALUATE_POOLED, -1);
    cr_expect_float_eq(row->values[FRINGE_SCORE_ACCURACY], 0.9, 1e-12, "%g",
                       row->values[FRINGE_SCORE_ACCURACY]);
    cr_expect(isnan(row->values[FRINGE_SCORE_BOUNDARY_PX]), "outlines are not known where labels are not");
    fringe_evaluation_free(&evaluation);
}

Test(evaluate, refuses_what_it_cannot_compare, .init = set_up, .fini = tear_down)
{
    static const char *const baselines[] = {"otsu", "watershed"};
    static const char *const models[] = {"models/hrtem-particles"};
    static const int32_t three[] = {0, 1, 2}, twice[] = {1, 1}, large[] = {0, 256};
    fringe_evaluate_options options;
    fringe_evaluation evaluation;
    fringe_error error;
    write_stripes((const unsigned char[]){0, 1, 2});
    fringe_evaluate_options_init(&options);
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT, "no method");
    options.baselines = baselines;
    options.baseline_count = 2;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "'watershed' is none of otsu, local-variance"), "%s", error.message);
    options.baseline_count = 1;
    options.models = models;
    options.model_count = 1;
    options.classes = three;
    options.class_count = 3;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "3 classes, the models tell 2"), "%s", error.message);
    options.model_count = 0;
    options.class_count = 2;
    options.classes = twice;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    options.classes = large;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    options.classes = NULL;
    options.ignore = 256;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    options.ignore = -1;
    options.repeats = 0;
    cr_expect_eq(evaluate(&options, &evaluation, &error), FRINGE_ARGUMENT);
    cr_expect_str_eq(fringe_score_name(FRINGE_SCORE_BOUNDARY_NM), "boundary_nm");
    cr_expect_null(fringe_evaluate_baseline_name(6));
    cr_expect_str_eq(fringe_evaluate_baseline_name(0), "otsu");
    cr_expect_not_null(fringe_evaluate_baseline_purpose(5));
}
