/* The inputs of a batch: folders in order, links that lead round, hidden files, Fringe's own outputs. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze/batch_inputs.h"
#include "io/tiff_write.h"
#include "support/entered_folder.h"

TestSuite(inputs, .init = entered_folder_make, .fini = entered_folder_remove);

static void touch(const char *path)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    fclose(file);
}

static void write_own(const char *path)
{
    struct tiff_write_options options = {
        .width_px = 4, .height_px = 3, .channel_count = 1, .slice_count = 2, .pixel = FRINGE_PIXEL_UINT8};
    uint8_t pixels[24] = {0};
    struct tiff_writer *writer;
    cr_assert_eq(tiff_write_begin(path, &options, &writer, NULL), FRINGE_OK);
    cr_assert_eq(tiff_write_rows(writer, pixels, 6, NULL), FRINGE_OK);
    cr_assert_eq(tiff_write_commit(writer, NULL), FRINGE_OK);
}

static struct batch_inputs collect(const char *path, int recursive, const fringe_run *run)
{
    struct batch_inputs inputs;
    cr_assert_eq(batch_inputs_collect(&inputs, &path, 1, BATCH_MICROGRAPHS, recursive, run, NULL), FRINGE_OK);
    return inputs;
}

static void expect_paths(const struct batch_inputs *inputs, const char *const *paths, size_t count)
{
    cr_assert_eq(inputs->count, count, "%zu inputs, not %zu", inputs->count, count);
    for (size_t i = 0; i < count; i++) cr_expect_str_eq(inputs->items[i].path, paths[i]);
}

Test(inputs, a_folder_gives_its_images_in_order_of_name)
{
    static const char *const wanted[] = {"d/B.TIFF", "d/a.tif", "d/c.png", "d/d.jpg"};
    mkdir("d", 0777), mkdir("d/sub", 0777);
    touch("d/c.png"), touch("d/a.tif"), touch("d/d.jpg"), touch("d/B.TIFF");
    touch("d/notes.txt"), touch("d/.hidden.tif"), touch("d/a.tif.123-0.part"), touch("d/sub/e.tif");
    struct batch_inputs inputs = collect("d", 0, NULL);
    expect_paths(&inputs, wanted, 4);
    batch_inputs_free(&inputs);
}

Test(inputs, subfolders_on_request_and_links_lead_round_once)
{
    static const char *const wanted[] = {"d/a.tif", "d/sub/deep/f.tif", "d/sub/e.tif"};
    mkdir("d", 0777), mkdir("d/sub", 0777), mkdir("d/sub/deep", 0777);
    touch("d/a.tif"), touch("d/sub/e.tif"), touch("d/sub/deep/f.tif");
    cr_assert_eq(symlink("..", "d/sub/deep/up"), 0);
    cr_assert_eq(symlink("../../../d", "d/sub/deep/top"), 0);
    struct batch_inputs inputs = collect("d", 1, NULL);
    expect_paths(&inputs, wanted, 3);
    cr_expect_str_eq(inputs.items[0].subfolder, "");
    cr_expect_str_eq(inputs.items[1].subfolder, "sub/deep");
    cr_expect_str_eq(inputs.items[2].subfolder, "sub");
    batch_inputs_free(&inputs);
}

struct heard {
    int count;
    char text[200];
};

static void hear(void *user, fringe_notice notice, const char *text)
{
    struct heard *heard = user;
    cr_expect_eq(notice, FRINGE_NOTICE_OWN_OUTPUT);
    heard->count++;
    snprintf(heard->text, sizeof heard->text, "%s", text);
}

Test(inputs, own_outputs_are_passed_over_in_folders_and_marked_when_named)
{
    static const char *const wanted[] = {"d/a.tif"};
    struct heard heard = {0};
    fringe_run *run;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_set_notice(run, hear, &heard);
    mkdir("d", 0777);
    touch("d/a.tif"), write_own("d/a-mask.tif"), write_own("d/a-probability.tif");
    struct batch_inputs inputs = collect("d", 0, run);
    expect_paths(&inputs, wanted, 1);
    cr_expect_eq(heard.count, 1);
    cr_expect_str_eq(heard.text, "d/a-mask.tif and 1 more files were written by Fringe and are passed over");
    batch_inputs_free(&inputs);

    inputs = collect("d/a-mask.tif", 0, run);
    cr_assert_eq(inputs.count, 1);
    cr_expect(inputs.items[0].own_output);
    cr_expect_eq(inputs.items[0].weight, 24);
    cr_expect_eq(heard.count, 1);
    batch_inputs_free(&inputs);
    fringe_run_free(run);
}

Test(inputs, a_named_file_is_an_input_whatever_it_is)
{
    static const char *const wanted[] = {"missing.tif"}, *const text[] = {"notes.txt"};
    touch("notes.txt");
    struct batch_inputs inputs = collect("missing.tif", 0, NULL);
    expect_paths(&inputs, wanted, 1);
    batch_inputs_free(&inputs);
    inputs = collect("notes.txt", 0, NULL);
    expect_paths(&inputs, text, 1);
    batch_inputs_free(&inputs);
}

Test(inputs, a_cancelled_run_lists_nothing)
{
    const char *path = "d";
    struct batch_inputs inputs;
    fringe_run *run;
    mkdir("d", 0777), touch("d/a.tif");
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_cancel(run);
    cr_expect_eq(batch_inputs_collect(&inputs, &path, 1, BATCH_MICROGRAPHS, 0, run, NULL), FRINGE_CANCELLED);
    batch_inputs_free(&inputs);
    fringe_run_free(run);
}
