/* The malformed models and texts of tests/malformed: refused in words that name the file, in little memory
 * and time. */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/file.h"
#include "fringe/model.h"
#include "support/malformed_folder.h"
#include "support/model_folder.h"
#include "support/wire.h"
#include "text/json_read.h"
#include "text/yaml_read.h"

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
    malformed_folder_expect("onnx", load, 50);
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
    malformed_folder_expect("yaml", read_yaml, 18);
}

Test(model_malformed, json)
{
    malformed_folder_expect("json", read_json, 12);
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
    struct wire model = wire_one_node("Relu", 4, (int64_t[]){1, 1, -1, -1});
    model_folder_write("net.onnx", model.bytes, model.size);
    free(model.bytes);
    malformed_folder_expect("package", load_package, 40);
}
