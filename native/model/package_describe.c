/* package_describe.c - bioimage.io's description of a network, formats 0.4 and 0.5. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/path.h"
#include "model/package_build.h"
#include "text/yaml_read.h"

/* `source` of a file: the text itself, or in 0.5 a map with source and sha256. */
static const struct text_node *source_of(const struct text_node *node)
{
    return node && node->kind == TEXT_MAP ? text_tree_find(node, "source") : node;
}

/* The name within the package; of an address on the web its last part, which downloaded packages use. */
static const char *local_name(const struct text_node *source)
{
    if (text_tree_is_null(source) || source->kind != TEXT_SCALAR) return "";
    const char *name = strstr(source->text, "://") ? path_name(source->text) : source->text;
    return strncmp(name, "./", 2) == 0 ? name + 2 : name;
}

/* Finds the ONNX file and reads it. Files of other frameworks need not be there; without ONNX the formats
 * that the package has are named, which tells its author what to convert. The digest that the package states
 * is of one file, so it is compared where the weights lie in one. */
static fringe_status read_weights(struct package_build *build, fringe_error *error)
{
    const struct text_node *weights = text_tree_find(text_tree_root(build->tree), "weights");
    const struct text_node *onnx = text_tree_find(weights, "onnx");
    if (text_tree_is_null(onnx)) {
        char formats[256] = "none";
        size_t length = 0;
        for (const struct text_node *one = weights && weights->kind == TEXT_MAP ? weights->first : NULL;
             one && length < sizeof formats; one = one->next)
            length += (size_t)snprintf(formats + length, sizeof formats - length, "%s%s", length ? ", " : "",
                                       one->key);
        return text_tree_wrong(build->tree, weights, FRINGE_UNSUPPORTED, error,
                               "its weights are %s; Fringe runs onnx", formats);
    }
    const struct text_node *source = source_of(onnx);
    const char *name = local_name(source);
    if (!*name) return text_tree_wrong(build->tree, onnx, FRINGE_MODEL, error, "names no file (source)");
    int there;
    fringe_status status = package_files_look(build->package.files, name, &there, error);
    if (status) return status;
    if (!there)
        return text_tree_wrong(build->tree, source, FRINGE_FILE, error, "'%.100s' is not in %s%s", name,
                               build->package.path,
                               strstr(source->text, "://") ? ", and Fringe downloads nothing" : "");
    build->package.onnx_name = name;
    status = package_onnx_read(build, name, error);
    if (status) return status;
    const char *claimed = text_tree_text(onnx, "sha256", "");
    if (*claimed && build->onnx->external_file_count == 0 && strcmp(claimed, build->package.sha256) != 0)
        return text_tree_wrong(build->tree, onnx, FRINGE_MODEL, error,
                               "sha256 is %.64s, that of '%.100s' is %s: the file was changed", claimed, name,
                               build->package.sha256);
    return FRINGE_OK;
}

/* 0.5 names the file where the tensor is described, 0.4 in one list for all tensors. */
static const char *test_file_of(const struct text_tree *tree, const struct text_node *node, const char *list,
                                size_t index)
{
    const struct text_node *file = text_tree_find(node, "test_tensor");                  /* 0.5 */
    if (!file) file = text_tree_item(text_tree_find(text_tree_root(tree), list), index); /* 0.4 */
    return local_name(source_of(file));
}

/* Reads the list of inputs or outputs. `inputs` are those already read, which an output may refer to. */
static fringe_status read_tensors(struct package_build *build, const char *key, const char *test_list,
                                  const char *steps_key, const struct package_tensor *inputs,
                                  struct package_tensor **tensors, size_t *count, fringe_error *error)
{
    const struct text_node *list = text_tree_find(text_tree_root(build->tree), key);
    if (!list || list->kind != TEXT_LIST || list->count == 0 || list->count > PACKAGE_MOST_TENSORS)
        return text_tree_wrong(build->tree, list, FRINGE_MODEL, error,
                               "%s: %zu are described, 1 to %d are read", key, list ? list->count : 0,
                               PACKAGE_MOST_TENSORS);
    *tensors = package_take(build, list->count, sizeof **tensors, error);
    if (!*tensors) return FRINGE_MEMORY;
    if (!inputs) build->package.inputs = *tensors;
    for (const struct text_node *node = list->first; node; node = node->next) {
        struct package_tensor *tensor = &(*tensors)[*count];
        struct package_axes axes;
        tensor->name = text_tree_text(node, "id", text_tree_text(node, "name", ""));
        tensor->test_file = test_file_of(build->tree, node, test_list, *count);
        ++*count;
        fringe_status status = package_axes_read(build, node, inputs, &axes, tensor, error);
        if (!status)
            status = package_steps_read(build, text_tree_find(node, steps_key), &axes, tensor, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* A range [least, most] in rising order; absent is success and changes nothing. */
static fringe_status read_pair(const struct package_build *build, const struct text_node *node, double *least,
                               double *most, fringe_error *error)
{
    if (text_tree_is_null(node)) return FRINGE_OK;
    if (node->kind != TEXT_LIST || node->count != 2)
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "is not a pair of numbers");
    fringe_status status = package_number(build, text_tree_item(node, 0), 0, 1e12, least, error);
    return status ? status : package_number(build, text_tree_item(node, 1), *least, 1e12, most, error);
}

/* Whether a list of names is left out or empty, which stands for all, or holds the name. */
static int applies_to(const struct text_node *list, const char *name)
{
    int found = 0;
    if (text_tree_is_null(list) || list->kind != TEXT_LIST || list->count == 0) return 1;
    for (const struct text_node *item = list->first; item; item = item->next)
        found |= strcmp(item->text, name) == 0;
    return found;
}

/* How far the test tensors may be off. The first entry that is about ONNX and our output counts. */
static fringe_status read_tolerances(struct package_build *build, const struct text_node *list,
                                     const char *output, fringe_error *error)
{
    struct package *package = &build->package;
    const struct {
        const char *key;
        double most, *value;
    } tolerances[] = {{"relative_tolerance", 1, &package->relative_tolerance},
                      {"absolute_tolerance", 1e30, &package->absolute_tolerance},
                      {"mismatched_elements_per_million", 1e6, &package->mismatches_per_million}};
    const struct text_node *entry = list && list->kind == TEXT_LIST ? list->first : NULL;
    while (entry && !(applies_to(text_tree_find(entry, "weights_formats"), "onnx") &&
                      applies_to(text_tree_find(entry, "output_ids"), output)))
        entry = entry->next;
    for (size_t i = 0; i < sizeof tolerances / sizeof *tolerances; i++) {
        const struct text_node *node = text_tree_find(entry, tolerances[i].key);
        if (text_tree_is_null(node)) continue;
        fringe_status status = package_number(build, node, 0, tolerances[i].most, tolerances[i].value, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* Leaves the flag as it is where the package says nothing. */
static fringe_status read_flag(const struct package_build *build, const struct text_node *node, int *flag,
                               fringe_error *error)
{
    if (text_tree_is_null(node) || text_tree_flag(node, flag)) return FRINGE_OK;
    return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "is neither true nor false");
}

/* Our own fields, and what bioimage.io puts beside them. */
static fringe_status read_config(struct package_build *build, const char *output, fringe_error *error)
{
    struct package *package = &build->package;
    const struct text_node *config = text_tree_find(text_tree_root(build->tree), "config");
    const struct text_node *own = text_tree_find(config, "fringe"),
                           *size = text_tree_find(own, "pixel_size_nm");
    const struct text_node *list =
        text_tree_find(text_tree_find(config, "bioimageio"), "reproducibility_tolerance");
    package->pixel_size_nm = package->inputs[0].nm_per_px;
    package->polarity = text_tree_text(own, "polarity", "");
    fringe_status status =
        read_flag(build, text_tree_find(own, "lattice_filter"), &package->lattice_filter, error);
    if (!status) status = read_flag(build, text_tree_find(own, "drop_ghosts"), &package->drop_ghosts, error);
    if (!status && !text_tree_is_null(size))
        status = package_number(build, size, 1e-6, 1e9, &package->pixel_size_nm, error);
    if (!status)
        status = read_pair(build, text_tree_find(own, "pixel_size_range_nm"), &package->pixel_size_min_nm,
                           &package->pixel_size_max_nm, error);
    if (!status)
        status = read_pair(build, text_tree_find(own, "dose_range_e_per_A2"), &package->dose_min_e_per_A2,
                           &package->dose_max_e_per_A2, error);
    if (!status) status = read_tolerances(build, list, output, error);
    return status;
}

/* Every minor version of the format spells things differently: one that is not known is refused, not guessed
 * at. */
static fringe_status check_version(struct package_build *build, fringe_error *error)
{
    const struct text_node *root = text_tree_root(build->tree);
    const char *version = text_tree_text(root, "format_version", ""),
               *type = text_tree_text(root, "type", "model");
    if (strcmp(type, "model") != 0)
        return text_tree_wrong(build->tree, text_tree_find(root, "type"), FRINGE_MODEL, error,
                               "describes a %.40s, no model", type);
    if (strncmp(version, "0.4.", 4) != 0 && strncmp(version, "0.5.", 4) != 0)
        return text_tree_wrong(build->tree, text_tree_find(root, "format_version"), FRINGE_UNSUPPORTED, error,
                               "format_version is '%.20s'; 0.4 and 0.5 are read", version);
    char *format = package_take(build, strlen(version) + sizeof "bioimage.io ", 1, error);
    if (!format) return FRINGE_MEMORY;
    memcpy(format, "bioimage.io ", sizeof "bioimage.io " - 1);
    memcpy(format + sizeof "bioimage.io " - 1, version, strlen(version));
    build->package.format = format;
    return FRINGE_OK;
}

fringe_status package_describe(struct package_build *build, const char *name, fringe_error *error)
{
    struct package *package = &build->package;
    struct package_tensor *inputs, *outputs;
    unsigned char *bytes;
    size_t size;
    char *shown = path_join(package->path, name);
    fringe_status status =
        shown ? package_files_read(package->files, name, TEXT_TREE_MOST_BYTES, &bytes, &size, error)
              : failure_memory(error, name, strlen(name));
    if (!status) {
        status = yaml_read(bytes, size, shown, &build->tree, error);
        alloc_free(bytes);
    }
    alloc_free(shown);
    if (status) return status;
    const struct text_node *root = text_tree_root(build->tree);
    package->described = 1;
    package->name = text_tree_text(root, "name", "");
    package->description = text_tree_text(root, "description", "");
    package->version = text_tree_text(root, "version", "");
    package->license = text_tree_text(root, "license", "");
    status = check_version(build, error);
    if (!status) status = read_weights(build, error);
    if (!status)
        status = read_tensors(build, "inputs", "test_inputs", "preprocessing", NULL, &inputs,
                              &package->input_count, error);
    if (!status)
        status = read_tensors(build, "outputs", "test_outputs", "postprocessing", inputs, &outputs,
                              &package->output_count, error);
    if (status) return status;
    package->outputs = outputs;
    const struct onnx_model *onnx = build->onnx;
    status = package_agree_order(build, inputs, package->input_count, onnx->inputs, onnx->input_count,
                                 "inputs", error);
    if (!status)
        status = package_agree_order(build, outputs, package->output_count, onnx->outputs, onnx->output_count,
                                     "outputs", error);
    for (size_t i = 0; i < package->input_count && !status; i++)
        status = package_agree_tensor(build, &onnx->inputs[i], &inputs[i], 1, error);
    for (size_t i = 0; i < package->output_count && !status; i++)
        status = package_agree_tensor(build, &onnx->outputs[i], &outputs[i], 0, error);
    return status ? status : read_config(build, outputs[0].name, error);
}
