/* Weights in files beside the model: read from its folder, from nowhere else, and no more than is there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "onnx/onnx_model.h"
#include "support/wire.h"

static char outer[64], folder[96], path[128];

static void write_file(const char *where, const void *bytes, size_t size)
{
    FILE *stream = fopen(where, "wb");
    cr_assert_not_null(stream, "%s", where);
    fwrite(bytes, 1, size, stream);
    fclose(stream);
}

/* outer/secret, outer/model/weights of 64 bytes, outer/model/sub/more of 16. */
static void make_folder(void)
{
    char where[160], numbers[64];
    for (int i = 0; i < 64; i++) numbers[i] = (char)i;
    strcpy(outer, "/tmp/fringe-external-XXXXXX");
    cr_assert_not_null(mkdtemp(outer));
    snprintf(folder, sizeof folder, "%s/model", outer);
    snprintf(path, sizeof path, "%s/m.onnx", folder);
    mkdir(folder, 0700);
    snprintf(where, sizeof where, "%s/secret", outer);
    write_file(where, numbers, 64);
    snprintf(where, sizeof where, "%s/weights", folder);
    write_file(where, numbers, 64);
    snprintf(where, sizeof where, "%s/sub", folder);
    mkdir(where, 0700);
    snprintf(where, sizeof where, "%s/sub/more", folder);
    write_file(where, numbers, 16);
    snprintf(where, sizeof where, "%s/link", folder);
    cr_assert_eq(symlink("../secret", where), 0);
}

static void remove_folder(void)
{
    char command[160];
    snprintf(command, sizeof command, "rm -rf %s", outer);
    cr_assert_eq(system(command), 0);
}

TestSuite(onnx_external, .init = make_folder, .fini = remove_folder);

static void put_entry(struct wire *tensor, const char *key, const char *value)
{
    struct wire entry = {0};
    wire_text(&entry, 1, key);
    wire_text(&entry, 2, value);
    wire_message(tensor, 13, &entry);
}

static void put_external(struct wire *graph, const char *name, int64_t count, const char *location,
                         const char *offset, const char *length)
{
    struct wire tensor = wire_tensor(name, ONNX_UINT8, 1, &count);
    wire_number(&tensor, 14, 1);
    if (location) put_entry(&tensor, "location", location);
    if (offset) put_entry(&tensor, "offset", offset);
    if (length) put_entry(&tensor, "length", length);
    wire_message(graph, 5, &tensor);
}

static fringe_status read_graph(struct wire *graph, struct onnx_model **model, fringe_error *error)
{
    struct wire wire = wire_model(graph, 13);
    write_file(path, wire.bytes, wire.size);
    free(wire.bytes);
    return onnx_model_read(path, model, error);
}

Test(onnx_external, is_read_from_its_place)
{
    struct wire graph = {0};
    struct onnx_model *model;
    fringe_error error;
    put_external(&graph, "b", 4, "weights", "60", "4");
    put_external(&graph, "c", 2, "sub/more", NULL, NULL);
    put_external(&graph, "a", 3, "weights", "1", NULL);
    fringe_status status = read_graph(&graph, &model, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_eq(memcmp(model->initializers[0].bytes, "\x3c\x3d\x3e\x3f", 4), 0);
    cr_assert_eq(memcmp(model->initializers[1].bytes, "\x00\x01", 2), 0);
    cr_assert_eq(memcmp(model->initializers[2].bytes, "\x01\x02\x03", 3), 0);
    for (int i = 0; i < 3; i++) cr_assert_eq((uintptr_t)model->initializers[i].bytes % 8, 0);
    cr_assert_eq(model->external_file_count, 2);
    cr_assert_str_eq(model->external_files[0], "sub/more");
    cr_assert_str_eq(model->external_files[1], "weights");
    onnx_model_free(model);
}

static void refuse(const char *location, const char *offset, const char *length, fringe_status expected,
                   const char *words)
{
    struct wire graph = {0};
    struct onnx_model *model;
    fringe_error error;
    put_external(&graph, "w", 8, location, offset, length);
    cr_assert_eq(read_graph(&graph, &model, &error), expected, "%s", words);
    cr_assert_null(model);
    cr_assert_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
    cr_assert_not_null(strstr(error.message, path), "%s", error.message);
}

Test(onnx_external, never_leaves_the_folder)
{
    char absolute[160];
    snprintf(absolute, sizeof absolute, "%s/secret", outer);
    const char *locations[] = {"../secret", "sub/../../secret", absolute,     "./weights", "sub//more",
                               "",          "C:weights",        "..\\secret", NULL};
    for (size_t i = 0; i < sizeof locations / sizeof *locations; i++)
        refuse(locations[i], NULL, NULL, FRINGE_FORMAT, "is not a file in the model's folder");
    refuse("link", NULL, NULL, FRINGE_FORMAT, "lead out of the model's folder");
    refuse("sub", NULL, NULL, FRINGE_FILE, "is not a regular file");
    refuse("absent", NULL, NULL, FRINGE_FILE, "there is no file");
}

Test(onnx_external, never_reads_past_the_end)
{
    refuse("weights", "57", NULL, FRINGE_FORMAT, "needs 8 bytes from byte 57 of 'weights', which holds 64");
    refuse("weights", "9223372036854775807", NULL, FRINGE_FORMAT, "which holds 64");
    refuse("weights", "-1", NULL, FRINGE_FORMAT, "offset of external data is '-1'");
    refuse("weights", "1x", NULL, FRINGE_FORMAT, "offset of external data is '1x'");
    refuse("weights", "0", "9", FRINGE_FORMAT, "its shape takes 8 bytes, its external data holds 9");
}

Test(onnx_external, the_same_bytes_are_not_taken_again_and_again)
{
    struct wire graph = {0};
    struct onnx_model *model;
    fringe_error error;
    for (int i = 0; i < 1000; i++) put_external(&graph, "w", 64, "weights", NULL, NULL);
    cr_assert_eq(read_graph(&graph, &model, &error), FRINGE_FORMAT);
    cr_assert_not_null(strstr(error.message, "than the 64 bytes that it holds"), "%s", error.message);
}

Test(onnx_external, is_refused_in_a_zip)
{
    struct wire graph = {0};
    struct onnx_model *model;
    fringe_error error;
    put_external(&graph, "w", 8, "weights", NULL, NULL);
    struct wire wire = wire_model(&graph, 13);
    cr_assert_eq(onnx_model_parse(wire.bytes, wire.size, "m.onnx", &model, &error), FRINGE_UNSUPPORTED);
    cr_assert_not_null(strstr(error.message, "outside the file"), "%s", error.message);
    free(wire.bytes);
}
