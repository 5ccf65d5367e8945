/* The malformed models and texts of tests/malformed: refused in words that name the file, in little memory
 * and time. */
#include <criterion/criterion.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "fringe/model.h"
#include "support/model_folder.h"
#include "support/wire.h"
#include "text/json_read.h"
#include "text/yaml_read.h"

enum { MOST_MEGABYTES = 300, SECONDS = 60 };

/* Reads a file in whatever way; the status and the words are the reader's. */
typedef fringe_status reader(const char *path, fringe_error *error);

static void expect_folder(const char *kind, reader *read, size_t least_count)
{
    char folder[64], path[256], whole[64];
    struct file_names names;
    size_t refused = 0;
    snprintf(folder, sizeof folder, "tests/malformed/%s", kind);
    snprintf(whole, sizeof whole, "%s-whole-", kind);
    cr_assert_eq(file_list(folder, &names, NULL), FRINGE_OK, "no %s: run from the root of the sources",
                 folder);
    for (size_t i = 0; i < names.count; i++) {
        fringe_error error = {0};
        struct rusage used;
        snprintf(path, sizeof path, "%s/%s", folder, names.names[i]);
        alarm(SECONDS);
        fringe_status status = read(path, &error);
        alarm(0);
        getrusage(RUSAGE_SELF, &used);
        cr_assert_lt(used.ru_maxrss / 1024, MOST_MEGABYTES, "%s: %ld kB", path, used.ru_maxrss);
        if (strncmp(names.names[i], whole, strlen(whole)) == 0) {
            cr_expect_eq(status, FRINGE_OK, "%s: %s", path, error.message);
            continue;
        }
        refused++;
        cr_expect(status == FRINGE_FORMAT || status == FRINGE_UNSUPPORTED || status == FRINGE_MODEL ||
                      status == FRINGE_FILE,
                  "%s: %s: %s", path, fringe_status_name(status), error.message);
        cr_expect_gt(strlen(error.message), 20, "%s: %s", path, error.message);
    }
    file_names_free(&names);
    cr_assert_geq(refused, least_count);
}

static fringe_status load(const char *path, fringe_error *error)
{
    fringe_model *model;
    fringe_status status = fringe_model_load(path, NULL, &model, error);
    cr_expect(!status || strstr(error->message, path) != NULL, "%s is not in: %s", path, error->message);
    cr_expect_eq(status == FRINGE_OK, model != NULL);
    fringe_model_free(model);
    return status;
}

Test(model_malformed, onnx)
{
    expect_folder("onnx", load, 50);
}

typedef fringe_status text_reader(const void *, size_t, const char *, struct text_tree **, fringe_error *);

static fringe_status read_text(text_reader *read, const char *path, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    struct text_tree *tree;
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, error), FRINGE_OK, "%s", path);
    fringe_status status = read(bytes, size, path, &tree, error);
    cr_expect(!status || strstr(error->message, path) != NULL, "%s is not in: %s", path, error->message);
    text_tree_free(tree);
    alloc_free(bytes);
    return status;
}

static fringe_status read_yaml(const char *path, fringe_error *error)
{
    return read_text(yaml_read, path, error);
}

static fringe_status read_json(const char *path, fringe_error *error)
{
    return read_text(json_read, path, error);
}

Test(model_malformed, yaml)
{
    expect_folder("yaml", read_yaml, 18);
}

Test(model_malformed, json)
{
    expect_folder("json", read_json, 12);
}

/* A description goes beside a network of one operator. */
static fringe_status load_package(const char *path, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, error), FRINGE_OK, "%s", path);
    model_folder_write("bioimageio.yaml", bytes, size);
    alloc_free(bytes);
    return load(model_folder, error);
}

Test(model_malformed, package, .init = model_folder_make, .fini = model_folder_remove)
{
    const int64_t image[] = {1, 1, -1, -1};
    struct wire graph = {0}, part = wire_value("x", 4, image);
    wire_message(&graph, 11, &part);
    part = wire_value("y", 4, image);
    wire_message(&graph, 12, &part);
    part = wire_node("Relu", "x", "y");
    wire_message(&graph, 1, &part);
    struct wire model = wire_model(&graph, 13);
    model_folder_write("net.onnx", model.bytes, model.size);
    free(model.bytes);
    expect_folder("package", load_package, 40);
}
