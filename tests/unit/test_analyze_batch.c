/* A batch over small stacks with networks made in memory: what each kind of network writes, cancelling, want
 * of memory. Names, clashes, skipping and refusing are tested through the command line. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fringe/fringe.h"
#include "support/batch_case.h"
#include "support/entered_folder.h"

enum { WIDTH = 24, HEIGHT = 20, SLICES = 2 };

TestSuite(batch, .init = entered_folder_make, .fini = entered_folder_remove);

static void write_stack(const char *path)
{
    batch_case_write_stack(path, SLICES, HEIGHT, WIDTH);
}

/* What the callback heard. */
struct record {
    int calls, failed;
    fringe_status status;
    char outputs[400], message[FRINGE_ERROR_BYTES];
};

static void keep(void *user, const fringe_batch_item *item)
{
    struct record *record = user;
    record->calls++;
    record->status = item->status;
    record->failed += item->status != FRINGE_OK;
    record->outputs[0] = 0;
    for (size_t i = 0; i < item->output_count; i++) {
        strcat(record->outputs, item->outputs[i]);
        strcat(record->outputs, " ");
    }
    strcpy(record->message, item->message);
}

static fringe_batch_options everything(void)
{
    fringe_batch_options options;
    fringe_batch_options_init(&options);
    options.segment.normalize = FRINGE_NORMALIZE_ZSCORE;
    options.probability = options.overlay = 1;
    return options;
}

static void expect_image(const char *path, int32_t channels, fringe_pixel pixel)
{
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    fringe_error error;
    cr_assert_eq(fringe_micrograph_open(path, NULL, &micrograph, &error), FRINGE_OK, "%s", error.message);
    fringe_micrograph_get_info(micrograph, &info);
    cr_expect_eq(info.width_px, WIDTH);
    cr_expect_eq(info.height_px, HEIGHT);
    cr_expect_eq(info.slice_count, SLICES, "%s: %d slices", path, info.slice_count);
    cr_expect_eq(info.channel_count, channels, "%s: %d channels", path, info.channel_count);
    cr_expect_eq(info.pixel, pixel, "%s: %s", path, fringe_pixel_name(info.pixel));
    cr_expect(info.own_output, "%s", path);
    fringe_micrograph_free(micrograph);
}

Test(batch, each_kind_of_network_writes_its_files)
{
    static const struct {
        enum output_kind kind;
        int channels;
        const char *activation, *outputs, *labels;
        int label_channels;
        fringe_pixel pixel;
    } kinds[] = {
        {OUTPUT_MASK, 1, "Sigmoid", "a-mask.tif a-probability.tif a-overlay.png a-fringe.json ", "a-mask.tif",
         1, FRINGE_PIXEL_UINT8},
        {OUTPUT_MASK, 2, "Softmax", "a-mask.tif a-probability.tif a-overlay.png a-fringe.json ", "a-mask.tif",
         1, FRINGE_PIXEL_UINT8},
        {OUTPUT_CLASSES, 3, "Softmax", "a-classes.tif a-probability.tif a-overlay.png a-fringe.json ",
         "a-classes.tif", 1, FRINGE_PIXEL_UINT8},
        {OUTPUT_MASKS, 3, "Sigmoid", "a-mask.tif a-probability.tif a-overlay.png a-fringe.json ",
         "a-mask.tif", 3, FRINGE_PIXEL_UINT8},
        {OUTPUT_VALUES, 3, NULL, "a-output.tif a-fringe.json ", "a-output.tif", 3, FRINGE_PIXEL_FLOAT32}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct batch_case_model made;
        struct record record = {0};
        fringe_error error = {0};
        fringe_batch_options options = everything();
        fringe_batch_summary summary;
        const char *const paths[] = {"a.tif"};
        const fringe_model *model =
            batch_case_make_model(&made, kinds[i].channels, kinds[i].activation, kinds[i].kind);
        write_stack("a.tif");
        if (kinds[i].kind == OUTPUT_VALUES) {
            cr_expect_eq(fringe_batch_segment(model, paths, 1, &options, NULL, keep, &record, NULL, &error),
                         FRINGE_ARGUMENT);
            cr_expect_eq(record.calls, 0);
            options.probability = options.overlay = 0;
        }
        cr_assert_eq(fringe_batch_segment(model, paths, 1, &options, NULL, keep, &record, &summary, &error),
                     FRINGE_OK, "%s", error.message);
        cr_expect_eq(record.status, FRINGE_OK, "%s", record.message);
        cr_expect_eq(summary.done_count, 1);
        cr_expect_str_eq(record.outputs, kinds[i].outputs);
        expect_image(kinds[i].labels, kinds[i].label_channels, kinds[i].pixel);
        if (options.probability) expect_image("a-probability.tif", kinds[i].channels, FRINGE_PIXEL_FLOAT32);
        cr_assert_eq(system("rm a*"), 0);
        net_free(made.net);
    }
}

Test(batch, progress_rises_to_its_end_and_failures_do_not_stop_it)
{
    struct batch_case_model made;
    struct record record = {0};
    struct heard heard;
    fringe_batch_options options = everything();
    fringe_batch_summary summary;
    const char *const paths[] = {"a.tif", "missing.tif", "b.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    fringe_run *run = built_model_listen(2, &heard);
    write_stack("a.tif"), write_stack("b.tif");
    for (int round = 0; round < 2; round++) {
        heard.done = 0; /* each call begins anew */
        cr_assert_eq(fringe_batch_segment(model, paths, 3, &options, run, keep, &record, &summary, NULL),
                     FRINGE_OK);
        cr_expect_eq(heard.fell, 0);
        cr_expect(heard.total > 0 && heard.done == heard.total, "%lld of %lld", (long long)heard.done,
                  (long long)heard.total);
        cr_expect_eq(summary.done_count, round == 0 ? 2 : 0);
        cr_expect_eq(summary.skipped_count, round == 0 ? 0 : 2);
        cr_expect_eq(summary.failed_count, 1);
    }
    cr_expect_eq(record.calls, 6);
    cr_expect_eq(record.failed, 2);
    fringe_run_free(run);
    net_free(made.net);
}

Test(batch, slices_that_say_the_same_are_heard_once)
{
    struct batch_case_model made;
    struct heard heard;
    fringe_batch_options options = everything();
    const char *const paths[] = {"a.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    made.built.model.info.pixel_size_nm = 0.02; /* the stack has none, which each slice remarks */
    fringe_run *run = built_model_listen(1, &heard);
    write_stack("a.tif");
    cr_assert_eq(fringe_batch_segment(model, paths, 1, &options, run, NULL, NULL, NULL, NULL), FRINGE_OK);
    cr_expect_str_eq(heard.notices, "calibration input ");
    cr_expect_str_eq(heard.text, "a.tif: the overlay shows the first of 2 slices");
    fringe_run_free(run);
    net_free(made.net);
}

/* Files whose names hold `part`. */
static int count_files(const char *part)
{
    int count = 0;
    DIR *directory = opendir(".");
    for (struct dirent *entry; (entry = readdir(directory));) count += strstr(entry->d_name, part) != NULL;
    closedir(directory);
    return count;
}

/* Whether the provenance of a.tif holds some words. */
static int provenance_holds(const char *words)
{
    static char text[1 << 14];
    FILE *file = fopen("a-fringe.json", "rb");
    cr_assert_not_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return strstr(text, words) != NULL;
}

/* What was said when the model was loaded is said of every result, and not told again. */
Test(batch, notices_of_the_model_are_in_the_provenance)
{
    struct batch_case_model made;
    struct heard heard;
    fringe_batch_options options = everything();
    const char *const paths[] = {"a.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    char said[] = "size_freed: net.onnx: made for images of 64 x 64 pixels";
    char *notices[] = {said};
    made.built.model.notices = notices;
    made.built.model.notice_count = 1;
    options.overlay = 0;
    fringe_run *run = built_model_listen(1, &heard);
    write_stack("a.tif");
    cr_assert_eq(fringe_batch_segment(model, paths, 1, &options, run, NULL, NULL, NULL, NULL), FRINGE_OK);
    cr_expect(provenance_holds(said));
    cr_expect_str_eq(heard.notices, "");
    fringe_run_free(run);
    net_free(made.net);
}

/* A model whose output can be no result fails as a model, once, and no input is touched. */
Test(batch, a_model_that_fits_no_image_is_refused_once)
{
    struct batch_case_model made;
    struct record record = {0};
    fringe_error error;
    fringe_batch_options options = everything();
    const char *const paths[] = {"a.tif", "b.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    made.built.model.probe_height = made.built.model.probe_width = 64;
    made.built.model.probe_output = (struct tensor){.rank = 4, .dims = {1, 2, 60, 60}};
    made.built.input.channel_count = 2; /* nor does a padded size help: it cannot be compiled at all */
    for (int i = 0; i < 2; i++) write_stack(paths[i]);
    cr_expect_eq(fringe_batch_segment(model, paths, 2, &options, NULL, keep, &record, NULL, &error),
                 FRINGE_MODEL);
    cr_expect(strstr(error.message, "(1, 2, 60, 60)") && strstr(error.message, "64 x 64"), "%s",
              error.message);
    cr_expect_eq(record.calls, 0);
    cr_expect_eq(count_files("-"), 0);
    net_free(made.net);
}

struct canceller {
    fringe_run *run;
    int64_t at; /* of a million */
};

static void cancel_at(void *user, int64_t done, int64_t total)
{
    struct canceller *canceller = user;
    if (done >= canceller->at * (total / 1000000)) fringe_run_cancel(canceller->run);
}

Test(batch, a_cancelled_batch_keeps_what_was_done_and_nothing_else)
{
    struct batch_case_model made;
    struct record record = {0};
    fringe_error error;
    fringe_batch_options options = everything();
    const char *const paths[] = {"a.tif", "b.tif", "c.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    for (int i = 0; i < 3; i++) write_stack(paths[i]);
    struct canceller canceller = {.at = 400000}; /* in the second input */
    cr_assert_eq(fringe_run_create(1, &canceller.run, NULL), FRINGE_OK);
    fringe_run_set_progress(canceller.run, cancel_at, &canceller);
    cr_expect_eq(fringe_batch_segment(model, paths, 3, &options, canceller.run, keep, &record, NULL, &error),
                 FRINGE_CANCELLED);
    cr_expect_str_eq(error.message, "cancelled; 1 of 3 inputs were not reached");
    cr_expect_eq(record.calls, 2);
    cr_expect_eq(record.status, FRINGE_CANCELLED);
    cr_expect_eq(count_files(".part"), 0);
    cr_expect_eq(count_files("a-"), 4);
    cr_expect_eq(count_files("b-") + count_files("c-"), 0);
    fringe_run_free(canceller.run);
    net_free(made.net);
}

static long file_sum(const char *path)
{
    long sum = 0;
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    for (int c; (c = fgetc(file)) != EOF;) sum = (sum * 31 + c) % 1000000007;
    fclose(file);
    return sum;
}

Test(batch, an_earlier_result_outlives_a_cancelled_replacement)
{
    struct batch_case_model made;
    fringe_batch_options options = everything();
    const char *const paths[] = {"a.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    write_stack("a.tif");
    cr_assert_eq(fringe_batch_segment(model, paths, 1, &options, NULL, NULL, NULL, NULL, NULL), FRINGE_OK);
    long mask = file_sum("a-mask.tif"), provenance = file_sum("a-fringe.json");
    options.segment.threshold = 0.25;
    options.overwrite = 1;
    struct canceller canceller = {.at = 500000}; /* between the slices */
    cr_assert_eq(fringe_run_create(1, &canceller.run, NULL), FRINGE_OK);
    fringe_run_set_progress(canceller.run, cancel_at, &canceller);
    cr_expect_eq(fringe_batch_segment(model, paths, 1, &options, canceller.run, NULL, NULL, NULL, NULL),
                 FRINGE_CANCELLED);
    cr_expect_eq(file_sum("a-mask.tif"), mask);
    cr_expect_eq(file_sum("a-fringe.json"), provenance);
    cr_expect_eq(count_files(".part"), 0);
    fringe_run_free(canceller.run);
    net_free(made.net);
}

/* Fails the n-th allocation and all behind it, for every n until it succeeds. Whatever fails, nothing is
 * half-written, and a mask without its provenance is at most what a killed batch leaves. */
Test(batch, memory_shortage_at_every_point, .timeout = 240)
{
    struct batch_case_model made;
    fringe_run *run;
    fringe_batch_options options = everything();
    const char *const paths[] = {"a.tif", "earlier-mask.tif"};
    const fringe_model *model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    write_stack("a.tif"), write_stack("earlier.tif");
    const char *const earlier[] = {"earlier.tif"};
    cr_assert_eq(fringe_batch_segment(model, earlier, 1, &options, run, NULL, NULL, NULL, NULL), FRINGE_OK);
    int done = 0;
    for (long allowed = 0; !done; allowed++) {
        cr_assert_lt(allowed, 5000, "never succeeds");
        struct record record = {0};
        fringe_error error = {0};
        fringe_batch_summary summary;
        alloc_fail_after(allowed);
        fringe_status status =
            fringe_batch_segment(model, paths, 2, &options, run, keep, &record, &summary, &error);
        alloc_fail_after(-1);
        cr_expect(status == FRINGE_OK || status == FRINGE_MEMORY, "%ld: %d %s", allowed, status,
                  error.message);
        cr_expect_eq(count_files(".part"), 0, "%ld: half-written files", allowed);
        cr_expect_eq(count_files("earlier-mask-"), 0, "%ld: an own output was taken as an input", allowed);
        done = status == FRINGE_OK && summary.done_count == 1;
        cr_expect_eq(count_files("a-"), done ? 4 : 0, "%ld: %d files", allowed, count_files("a-"));
    }
    fringe_run_free(run);
    net_free(made.net);
}
