/* Provenance: what was written compares as the same, and every parameter that decides pixels as a difference.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/provenance.h"

static char folder[] = "/tmp/test-provenance-XXXXXX";
static char path[64];

static void make_folder(void)
{
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a-fringe.json", folder);
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

TestSuite(provenance, .init = make_folder, .fini = remove_folder);

struct made {
    fringe_model_info model;
    fringe_batch_options options;
    struct provenance_origin origin;
};

static void set_up(struct made *made)
{
    *made = (struct made){0};
    made->model = (fringe_model_info){.name = "U-Net \"one\"",
                                      .version = "",
                                      .path = "models/one",
                                      .format = "onnx",
                                      .sha256 = "0123456789abcdef",
                                      .preparation = "zero_mean_unit_variance",
                                      .completion = "",
                                      .outputs = "mask",
                                      .pixel_size_nm = 0.02};
    made->options.segment = (fringe_segment_options){
        .threshold = 0.5, .resample = 1, .exclude_bottom_px = -1, .normalize = FRINGE_NORMALIZE_MODEL};
    strcpy(made->origin.input_sha256, "aaaabbbbccccdddd");
    made->origin.model = &made->model;
    made->origin.options = &made->options;
}

static void write_it(const struct made *made)
{
    static const struct provenance_output outputs[] = {{"a-mask.tif", "11"}, {"a-overlay.png", "22"}};
    static const struct provenance_count counts[] = {{"particle", 4711}};
    static const char *const notices[] = {"colour: a.tif: colour is read as luminance"};
    fringe_micrograph_info input = {
        .reader = "tiff", .width_px = 7, .height_px = 5, .slice_count = 1, .channel_count = 1, .unit = "nm"};
    struct provenance_result result = {.input_name = "a\xff.tif",
                                       .input = &input,
                                       .kind = "mask",
                                       .counts = counts,
                                       .count_count = 1,
                                       .outputs = outputs,
                                       .output_count = 2,
                                       .notices = notices,
                                       .notice_count = 1};
    struct file_writer file;
    fringe_error error;
    cr_assert_eq(file_writer_begin(&file, path, NULL), FRINGE_OK);
    fputs("the lines of a journal, whose place it takes\n", file.stream);
    cr_assert_eq(provenance_write(&file, &made->origin, &result, &error), FRINGE_OK, "%s", error.message);
}

static struct provenance_record *read_it(void)
{
    struct provenance_record *record;
    fringe_error error;
    cr_assert_eq(provenance_read(path, &record, &error), FRINGE_OK, "%s", error.message);
    return record;
}

Test(provenance, the_same_origin_makes_no_difference)
{
    struct made made;
    char words[512];
    set_up(&made);
    made.options.segment.threshold = 0.1 + 0.2; /* not a short decimal */
    made.options.segment.pixel_size_nm = 0.0212345678901234;
    write_it(&made);
    struct provenance_record *record = read_it();
    cr_expect_not(provenance_differs(record, &made.origin, words, sizeof words), "%s", words);
    /* What decides no pixel. */
    made.options.segment.band_rows = 16;
    made.options.segment.tile_px = 64;
    made.options.recursive = made.options.overwrite = 1;
    made.options.output_directory = "elsewhere";
    cr_expect_not(provenance_differs(record, &made.origin, words, sizeof words), "%s", words);
    provenance_free(record);
}

Test(provenance, outputs_are_listed)
{
    struct made made;
    set_up(&made);
    write_it(&made);
    struct provenance_record *record = read_it();
    cr_expect_str_eq(provenance_output_name(record, 0), "a-mask.tif");
    cr_expect_str_eq(provenance_output_name(record, 1), "a-overlay.png");
    cr_expect_null(provenance_output_name(record, 2));
    provenance_free(record);
}

static void expect_difference(const struct provenance_record *record, const struct made *made,
                              const char *expected)
{
    char words[512];
    cr_expect(provenance_differs(record, &made->origin, words, sizeof words), "%s", expected);
    cr_expect_str_eq(words, expected);
}

Test(provenance, each_parameter_makes_its_difference)
{
    struct made was, made;
    set_up(&was);
    write_it(&was);
    struct provenance_record *record = read_it();
    set_up(&made), made.options.segment.threshold = 0.6;
    expect_difference(record, &made, "with --threshold 0.5, now 0.6");
    set_up(&made), made.options.segment.normalize = FRINGE_NORMALIZE_ZSCORE;
    expect_difference(record, &made, "with --normalize model, now zscore");
    set_up(&made), made.options.segment.pixel_size_nm = 0.03;
    expect_difference(record, &made, "with --pixel-size calibration, now 0.03");
    set_up(&made), made.options.segment.resample = 0;
    expect_difference(record, &made, "with --resample auto, now off");
    set_up(&made), made.options.segment.resample_nm = 0.04;
    expect_difference(record, &made, "with --resample auto, now 0.04");
    set_up(&made), made.options.segment.exclude_bottom_px = 64;
    expect_difference(record, &made, "with --exclude-bottom auto, now 64");
    set_up(&made), made.options.probability = 1;
    expect_difference(record, &made, "without --probability, now with it");
    set_up(&made), made.options.overlay = 1;
    expect_difference(record, &made, "without --overlay, now with it");
    set_up(&made), made.model.sha256 = "fedcba9876543210";
    expect_difference(record, &made, "with the model of sha256 0123456789ab, now fedcba987654");
    set_up(&made), made.model.preparation = "";
    expect_difference(record, &made, "with the model's preparation zero_mean_unit_variance, now ");
    set_up(&made), made.model.pixel_size_nm = 0.03;
    expect_difference(record, &made, "with the model's pixel size 0.02, now 0.03");
    set_up(&made), strcpy(made.origin.input_sha256, "eeee");
    expect_difference(record, &made, "with the input of sha256 aaaabbbbcccc, now eeee");
    set_up(&made), made.options.segment.threshold = 1, made.options.overlay = 1;
    expect_difference(record, &made, "with --threshold 0.5, now 1, without --overlay, now with it");
    provenance_free(record);
}

Test(provenance, a_threshold_decides_no_class_map_and_more_files_are_no_difference)
{
    struct made made;
    char words[512];
    set_up(&made);
    made.model.outputs = "classes";
    made.options.overlay = 1;
    write_it(&made);
    struct provenance_record *record = read_it();
    made.options.segment.threshold = 0.7;
    made.options.overlay = 0;
    cr_expect_not(provenance_differs(record, &made.origin, words, sizeof words), "%s", words);
    provenance_free(record);
}

static fringe_status read_text(const char *text)
{
    FILE *file = fopen(path, "wb");
    struct provenance_record *record;
    fputs(text, file);
    fclose(file);
    fringe_status status = provenance_read(path, &record, NULL);
    cr_expect_eq(record == NULL, status != FRINGE_OK);
    provenance_free(record);
    return status;
}

Test(provenance, foreign_and_damaged_files_are_no_provenance)
{
    struct provenance_record *record;
    cr_expect_eq(provenance_read(path, &record, NULL), FRINGE_FILE);
    cr_expect_eq(read_text(""), FRINGE_FORMAT);
    cr_expect_eq(read_text("{}"), FRINGE_FORMAT);
    cr_expect_eq(read_text("[1, 2]"), FRINGE_FORMAT);
    cr_expect_eq(read_text("{\"fringe\": \"0.1.0\", \"parameters\": {"), FRINGE_FORMAT);
    cr_expect_eq(read_text("{\"fringe\": \"0.1.0\", \"parameters\": {}}"), FRINGE_OK);
}

Test(provenance, names_that_lead_elsewhere_are_not_handed_out)
{
    static const char *const names[] = {"../a.tif", "/etc/passwd", "..", ".", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "{\"fringe\": \"0\", \"parameters\": {}, \"outputs\": [{\"name\": \"%s\"}]}", names[i]);
        FILE *file = fopen(path, "wb");
        fputs(text, file);
        fclose(file);
        struct provenance_record *record = read_it();
        cr_expect_null(provenance_output_name(record, 0), "%s", names[i]);
        provenance_free(record);
    }
}
