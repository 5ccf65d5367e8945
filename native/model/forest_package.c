#include "model/forest_package.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "forest/forest_onnx.h"
#include "forest/forest_predict.h"
#include "model/model_find.h"
#include "model/package_files.h"
#include "text/yaml_read.h"

enum { ONNX_LIMIT_BYTES = INT32_MAX };

static fringe_status take_forest(struct forest_package *package, const unsigned char *bytes, size_t size,
                                 fringe_error *error)
{
    struct onnx_model *model;
    digest_bytes(bytes, size, package->sha256);
    fringe_status status = onnx_model_parse(bytes, size, package->path, &model, error);
    if (!status) status = forest_onnx_read(model, package->path, &package->forest, error);
    onnx_model_free(model);
    return status;
}

static fringe_status read_features(struct forest_package *package, const struct text_node *node,
                                   fringe_error *error)
{
    const struct text_node *version = text_tree_find(node, "version"), *names = text_tree_find(node, "names");
    size_t count = 0, expected = package->forest->feature_count;
    if (text_tree_is_null(node)) return FRINGE_OK;
    if (!text_tree_integer(version, &package->feature_version) || package->feature_version < 1)
        return text_tree_wrong(package->tree, version ? version : node, FRINGE_MODEL, error,
                               "version: '%.40s' is no number from 1 on", version ? version->text : "");
    if (!names || names->kind != TEXT_LIST || names->count != expected)
        return text_tree_wrong(package->tree, names ? names : node, FRINGE_MODEL, error,
                               "names %zu features, the forest has %zu", names ? names->count : 0, expected);
    package->feature_names = alloc_array(expected, sizeof *package->feature_names);
    if (!package->feature_names) return failure_memory(error, package->path, expected * sizeof(char *));
    for (const struct text_node *item = names->first; item; item = item->next)
        package->feature_names[count++] = item->text;
    return FRINGE_OK;
}

/* A list of numbers; *count of the first is what the second must have. */
static fringe_status read_numbers(const struct forest_package *package, const struct text_node *map,
                                  const char *key, size_t *count, double **numbers, fringe_error *error)
{
    const struct text_node *list = text_tree_find(map, key);
    size_t length = list && list->kind == TEXT_LIST ? list->count : 0, i = 0;
    if (length < 1 || (*count > 0 && length != *count))
        return text_tree_wrong(package->tree, list ? list : map, FRINGE_MODEL, error,
                               "%s has %zu numbers instead of %zu", key, length, *count > 0 ? *count : 1);
    *count = length;
    *numbers = alloc_array(length, sizeof **numbers);
    if (!*numbers) return failure_memory(error, package->path, length * sizeof **numbers);
    for (const struct text_node *item = list->first; item; item = item->next)
        if (!text_tree_number(item, &(*numbers)[i++]))
            return text_tree_wrong(package->tree, item, FRINGE_MODEL, error, "'%.40s' is not a number",
                                   item->text);
    return FRINGE_OK;
}

static fringe_status read_curve(const struct forest_package *package, const struct text_node *node,
                                struct isotonic *curve, fringe_error *error)
{
    double *scores = NULL, *values = NULL;
    size_t count = 0;
    fringe_error inner;
    fringe_status status = read_numbers(package, node, "scores", &count, &scores, error);
    if (!status) status = read_numbers(package, node, "values", &count, &values, error);
    if (!status) {
        status = isotonic_from_knots(scores, values, count, curve, &inner);
        if (status) text_tree_wrong(package->tree, node, status, error, "%s", inner.message);
    }
    alloc_free(scores);
    alloc_free(values);
    return status;
}

static fringe_status read_calibration(struct forest_package *package, const struct text_node *list,
                                      fringe_error *error)
{
    size_t classes = package->forest->class_count, i = 0;
    if (text_tree_is_null(list)) return FRINGE_OK;
    if (list->kind != TEXT_LIST || list->count != classes)
        return text_tree_wrong(package->tree, list, FRINGE_MODEL, error,
                               "has %zu curves, the forest has %zu classes", list->count, classes);
    package->curves = alloc_array(classes, sizeof *package->curves);
    if (!package->curves) return failure_memory(error, package->path, classes * sizeof *package->curves);
    for (const struct text_node *item = list->first; item; item = item->next) {
        fringe_status status = read_curve(package, item, &package->curves[i++], error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* The file of the first tensor's test values, as format 0.5 names it. */
static const char *find_test_tensor(const struct text_node *root, const char *key)
{
    const struct text_node *first = text_tree_item(text_tree_find(root, key), 0);
    return text_tree_text(text_tree_find(first, "test_tensor"), "source", "");
}

/* What the description says, and the forest that it names. */
static fringe_status describe(struct forest_package *package, struct package_files *files,
                              fringe_error *error)
{
    const struct text_node *root = text_tree_root(package->tree);
    const struct text_node *onnx = text_tree_find(text_tree_find(root, "weights"), "onnx");
    const struct text_node *own = text_tree_find(text_tree_find(root, "config"), "fringe");
    const char *source = text_tree_text(onnx, "source", ""), *claimed = text_tree_text(onnx, "sha256", "");
    unsigned char *bytes;
    size_t size;
    if (!*source)
        return text_tree_wrong(package->tree, onnx, FRINGE_MODEL, error,
                               "weights.onnx names no file (source)");
    fringe_status status = package_files_read(files, source, ONNX_LIMIT_BYTES, &bytes, &size, error);
    if (status) return status;
    status = take_forest(package, bytes, size, error);
    alloc_free(bytes);
    if (status) return status;
    if (*claimed && strcmp(claimed, package->sha256) != 0)
        return text_tree_wrong(package->tree, onnx, FRINGE_MODEL, error,
                               "sha256 is %.64s, that of '%.100s' is %s: the file was changed", claimed,
                               source, package->sha256);
    package->name = text_tree_text(root, "name", "");
    package->description = text_tree_text(root, "description", "");
    package->version = text_tree_text(root, "version", "");
    package->license = text_tree_text(root, "license", "");
    package->test_input = find_test_tensor(root, "inputs");
    package->test_output = find_test_tensor(root, "outputs");
    package->format_text = path_concat("bioimage.io ", text_tree_text(root, "format_version", ""));
    if (!package->format_text) return failure_memory(error, package->path, strlen(package->path));
    package->format = package->format_text;
    status = read_features(package, text_tree_find(own, "features"), error);
    return status ? status : read_calibration(package, text_tree_find(own, "calibration"), error);
}

static fringe_status read_tree(struct package_files *files, const char *path, struct text_tree **tree,
                               fringe_error *error)
{
    const char *name;
    unsigned char *bytes = NULL;
    size_t size = 0;
    fringe_status status = package_files_description(files, &name, error);
    if (!status) status = package_files_read(files, name, TEXT_TREE_MOST_BYTES, &bytes, &size, error);
    if (!status) status = yaml_read(bytes, size, path, tree, error);
    alloc_free(bytes);
    return status;
}

static fringe_status read_bare(struct forest_package *package, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    fringe_status status = file_read_all(package->path, ONNX_LIMIT_BYTES, &bytes, &size, error);
    if (status) return status;
    status = take_forest(package, bytes, size, error);
    alloc_free(bytes);
    return status;
}

static fringe_status read_package(struct forest_package *package, fringe_error *error)
{
    struct package_files *files;
    fringe_status status = package_files_open(package->path, &files, error);
    if (!status && !files) return read_bare(package, error);
    if (!status) status = read_tree(files, package->path, &package->tree, error);
    if (!status) status = describe(package, files, error);
    package_files_close(files);
    return status;
}

/* The bytes of the network, from a file or out of a package. */
static fringe_status read_network(const char *path, unsigned char **bytes, size_t *size)
{
    struct package_files *files;
    struct text_tree *tree = NULL;
    *bytes = NULL;
    fringe_status status = package_files_open(path, &files, NULL);
    if (!status && !files) return file_read_all(path, ONNX_LIMIT_BYTES, bytes, size, NULL);
    if (!status) status = read_tree(files, path, &tree, NULL);
    if (!status) {
        const struct text_node *weights = text_tree_find(text_tree_root(tree), "weights");
        const char *source = text_tree_text(text_tree_find(weights, "onnx"), "source", "");
        status = package_files_read(files, source, ONNX_LIMIT_BYTES, bytes, size, NULL);
    }
    text_tree_free(tree);
    package_files_close(files);
    return status;
}

int forest_package_recognise(const char *path)
{
    struct onnx_model *model = NULL;
    unsigned char *bytes;
    size_t size;
    fringe_status status = read_network(path, &bytes, &size);
    if (!status) status = onnx_model_parse(bytes, size, path, &model, NULL);
    int is_forest = !status && forest_onnx_recognise(model);
    onnx_model_free(model);
    alloc_free(bytes);
    return is_forest;
}

fringe_status forest_package_read(const char *path_or_name, struct forest_package **result,
                                  fringe_error *error)
{
    *result = NULL;
    struct forest_package *package = alloc_array(1, sizeof *package);
    if (!package) return failure_memory(error, path_or_name, sizeof *package);
    package->format = "onnx";
    package->name = package->description = package->version = package->license = "";
    package->test_input = package->test_output = "";
    fringe_status status = model_find(path_or_name, &package->path, error);
    if (!status) status = read_package(package, error);
    if (status)
        forest_package_free(package);
    else
        *result = package;
    return status;
}

void forest_package_free(struct forest_package *package)
{
    if (!package) return;
    for (uint32_t k = 0; package->curves && k < package->forest->class_count; k++)
        isotonic_clear(&package->curves[k]);
    alloc_free(package->curves);
    alloc_free(package->feature_names);
    alloc_free(package->path);
    alloc_free(package->format_text);
    forest_free(package->forest);
    text_tree_free(package->tree);
    alloc_free(package);
}

fringe_status forest_package_require(const struct forest_package *package, int64_t version,
                                     const char *const *names, size_t count, fringe_error *error)
{
    size_t own = package->forest->feature_count;
    if (!package->feature_names)
        return failure_set(error, FRINGE_MODEL, "%s: does not name its %zu features; Fringe computes %zu",
                           package->path, own, count);
    if (package->feature_version != version)
        return failure_set(error, FRINGE_MODEL, "%s: its features are of version %lld, Fringe's of %lld",
                           package->path, (long long)package->feature_version, (long long)version);
    for (size_t i = 0; i < own && i < count; i++)
        if (strcmp(package->feature_names[i], names[i]) != 0)
            return failure_set(error, FRINGE_MODEL, "%s: its feature %zu is '%.100s', Fringe's is '%.100s'",
                               package->path, i + 1, package->feature_names[i], names[i]);
    if (own != count)
        return failure_set(error, FRINGE_MODEL, "%s: it has %zu features, Fringe computes %zu", package->path,
                           own, count);
    return FRINGE_OK;
}

fringe_status forest_package_predict(const struct forest_package *package, const float *values,
                                     size_t row_count, const fringe_run *run, float *probabilities,
                                     fringe_error *error)
{
    const struct forest *forest = package->forest;
    uint32_t classes = forest->class_count;
    double mapped[FOREST_MOST_CLASSES];
    fringe_status status = forest_predict(forest, values, row_count, run, probabilities, error);
    for (size_t i = 0; i < row_count && package->curves && !status; i++) {
        float *row = probabilities + i * classes;
        double sum = 0;
        for (uint32_t k = 0; k < classes; k++)
            sum += mapped[k] = isotonic_apply(&package->curves[k], (double)row[k]);
        for (uint32_t k = 0; k < classes && sum > 0; k++) row[k] = (float)(mapped[k] / sum);
    }
    return status;
}
