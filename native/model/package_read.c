/* package_read.c - a package from its folder, zip, yaml or bare ONNX file. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "io/zip_read.h"
#include "model/package_build.h"
#include "text/yaml_read.h"

enum { DESCRIPTION_LIMIT_BYTES = TEXT_TREE_MOST_BYTES, ONNX_LIMIT_BYTES = INT32_MAX, MOST_TENSORS = 64 };
enum { ARENA_LIMIT_BYTES = 64 << 20 };

/* What package_free gives back. */
struct owned_package {
    struct package package;
    struct arena *arena;
    struct text_tree *tree;
    struct onnx_model *onnx;
};

void package_free(struct package *package)
{
    if (!package) return;
    struct owned_package *owned = (struct owned_package *)package; /* its first member */
    onnx_model_free(owned->onnx);
    text_tree_free(owned->tree);
    package_files_close(owned->package.files);
    arena_free(owned->arena);
    alloc_free(owned);
}

/* ---- the ONNX file ---- */

/* The digest that stands for the network: of the file itself, or, where weights lie in files of their own, of
 * the digests of all of them, one behind the other. */
static fringe_status digest_onnx(struct owned_package *owned, const char *path, fringe_error *error)
{
    char(*digests)[DIGEST_TEXT_BYTES - 1];
    size_t count = owned->onnx->external_file_count;
    fringe_status status = digest_file(path, owned->package.sha256, error);
    if (status || count == 0) return status;
    digests = alloc_array(count + 1, sizeof *digests);
    char *folder = path_directory(path);
    if (!digests || !folder) status = failure_memory(error, path, (count + 1) * sizeof *digests);
    if (!status) memcpy(digests[0], owned->package.sha256, sizeof *digests);
    for (size_t i = 0; i < count && !status; i++) {
        char text[DIGEST_TEXT_BYTES];
        char *file = path_join(folder, owned->onnx->external_files[i]);
        status = file ? digest_file(file, text, error) : failure_memory(error, path, strlen(folder));
        memcpy(digests[i + 1], text, status ? 0 : sizeof *digests);
        alloc_free(file);
    }
    if (!status) digest_bytes(digests, (count + 1) * sizeof *digests, owned->package.sha256);
    alloc_free(digests);
    alloc_free(folder);
    return status;
}

static fringe_status read_onnx_file(struct owned_package *owned, const char *path, fringe_error *error)
{
    fringe_status status = onnx_model_read(path, &owned->onnx, error);
    return status ? status : digest_onnx(owned, path, error);
}

static fringe_status read_onnx_member(struct owned_package *owned, const char *name, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    char *path = package_files_path(owned->package.files, name);
    if (path) {
        fringe_status status = read_onnx_file(owned, path, error);
        alloc_free(path);
        return status;
    }
    fringe_status status =
        package_files_read(owned->package.files, name, ONNX_LIMIT_BYTES, &bytes, &size, error);
    if (status) return status;
    digest_bytes(bytes, size, owned->package.sha256);
    status = onnx_model_parse(bytes, size, name, &owned->onnx, error);
    alloc_free(bytes);
    return status ? failure_prefix(error, status, "%s: ", owned->package.path) : FRINGE_OK;
}

/* ---- the description ---- */

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

static fringe_status read_weights(struct owned_package *owned, fringe_error *error)
{
    const struct text_node *weights = text_tree_find(text_tree_root(owned->tree), "weights");
    const struct text_node *onnx = text_tree_find(weights, "onnx");
    if (text_tree_is_null(onnx)) {
        char formats[256] = "none";
        size_t length = 0;
        for (const struct text_node *one = weights && weights->kind == TEXT_MAP ? weights->first : NULL;
             one && length < sizeof formats; one = one->next)
            length += (size_t)snprintf(formats + length, sizeof formats - length, "%s%s", length ? ", " : "",
                                       one->key);
        return text_tree_wrong(owned->tree, weights, FRINGE_UNSUPPORTED, error,
                               "its weights are %s; Fringe runs onnx", formats);
    }
    const struct text_node *source = source_of(onnx);
    const char *name = local_name(source);
    if (!*name) return text_tree_wrong(owned->tree, onnx, FRINGE_MODEL, error, "names no file (source)");
    if (!package_files_has(owned->package.files, name))
        return text_tree_wrong(owned->tree, source, FRINGE_FILE, error, "'%.100s' is not in %s%s", name,
                               owned->package.path,
                               strstr(source->text, "://") ? ", and Fringe downloads nothing" : "");
    owned->package.onnx_name = name;
    fringe_status status = read_onnx_member(owned, name, error);
    if (status) return status;
    const char *claimed = text_tree_text(onnx, "sha256", "");
    if (*claimed && owned->onnx->external_file_count == 0 && strcmp(claimed, owned->package.sha256) != 0)
        return text_tree_wrong(owned->tree, onnx, FRINGE_MODEL, error,
                               "sha256 is %.64s, that of '%.100s' is %s: the file was changed", claimed, name,
                               owned->package.sha256);
    return FRINGE_OK;
}

static const char *test_file_of(const struct text_tree *tree, const struct text_node *node, const char *list,
                                size_t index)
{
    const struct text_node *file = text_tree_find(node, "test_tensor");                  /* 0.5 */
    if (!file) file = text_tree_item(text_tree_find(text_tree_root(tree), list), index); /* 0.4 */
    return local_name(source_of(file));
}

static fringe_status read_tensors(struct package_build *build, const char *key, const char *test_list,
                                  const char *steps_key, const struct package_tensor *inputs,
                                  struct package_tensor **tensors, size_t *count, fringe_error *error)
{
    const struct text_node *list = text_tree_find(text_tree_root(build->tree), key);
    if (!list || list->kind != TEXT_LIST || list->count == 0 || list->count > MOST_TENSORS)
        return text_tree_wrong(build->tree, list, FRINGE_MODEL, error,
                               "%s: %zu are described, 1 to %d are read", key, list ? list->count : 0,
                               MOST_TENSORS);
    *tensors = package_take(build, list->count, sizeof **tensors, error);
    if (!*tensors) return FRINGE_MEMORY;
    if (!inputs) build->package->inputs = *tensors;
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

static fringe_status read_pair(const struct package_build *build, const struct text_node *node, double *least,
                               double *most, fringe_error *error)
{
    if (text_tree_is_null(node)) return FRINGE_OK;
    if (node->kind != TEXT_LIST || node->count != 2)
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "is not a pair of numbers");
    fringe_status status = package_number(build, text_tree_item(node, 0), 0, 1e12, least, error);
    return status ? status : package_number(build, text_tree_item(node, 1), *least, 1e12, most, error);
}

/* Our own fields, and the tolerances of the test tensors. */
static fringe_status read_config(const struct package_build *build, fringe_error *error)
{
    struct package *package = build->package;
    const struct text_node *config = text_tree_find(text_tree_root(build->tree), "config");
    const struct text_node *own = text_tree_find(config, "fringe"),
                           *size = text_tree_find(own, "pixel_size_nm");
    const struct text_node *list =
        text_tree_find(text_tree_find(config, "bioimageio"), "reproducibility_tolerance");
    const struct text_node *first = text_tree_item(list, 0);
    package->pixel_size_nm = package->inputs[0].nm_per_px;
    package->polarity = text_tree_text(own, "polarity", "");
    fringe_status status = FRINGE_OK;
    if (!text_tree_is_null(size))
        status = package_number(build, size, 1e-6, 1e9, &package->pixel_size_nm, error);
    if (!status)
        status = read_pair(build, text_tree_find(own, "pixel_size_range_nm"), &package->pixel_size_min_nm,
                           &package->pixel_size_max_nm, error);
    if (!status)
        status = read_pair(build, text_tree_find(own, "dose_range_e_per_A2"), &package->dose_min_e_per_A2,
                           &package->dose_max_e_per_A2, error);
    const struct {
        const char *key;
        double most, *value;
    } tolerances[] = {{"relative_tolerance", 1, &package->relative_tolerance},
                      {"absolute_tolerance", 1e30, &package->absolute_tolerance},
                      {"mismatched_elements_per_million", 1e6, &package->mismatches_per_million}};
    for (size_t i = 0; i < sizeof tolerances / sizeof *tolerances && !status; i++) {
        const struct text_node *node = text_tree_find(first, tolerances[i].key);
        if (!text_tree_is_null(node))
            status = package_number(build, node, 0, tolerances[i].most, tolerances[i].value, error);
    }
    return status;
}

static fringe_status check_version(const struct package_build *build, fringe_error *error)
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
    build->package->format = format;
    return FRINGE_OK;
}

/* ---- description against network ---- */

/* Puts the described tensors into the ONNX file's order: by name where every name is there, else as they
 * stand. */
static fringe_status order(const struct package_build *build, struct package_tensor *tensors, size_t count,
                           const struct onnx_value *values, size_t value_count, const char *what,
                           fringe_error *error)
{
    size_t from[MOST_TENSORS];
    if (count != value_count)
        return text_tree_wrong(build->tree, NULL, FRINGE_MODEL, error,
                               "describes %zu %s, the network has %zu", count, what, value_count);
    for (size_t i = 0; i < count; i++) {
        from[i] = count;
        for (size_t k = 0; k < count; k++)
            if (strcmp(values[i].name, tensors[k].name) == 0) from[i] = k;
        if (from[i] == count) return FRINGE_OK;
    }
    struct package_tensor *copy = package_take(build, count, sizeof *copy, error);
    if (!copy) return FRINGE_MEMORY;
    memcpy(copy, tensors, count * sizeof *copy);
    for (size_t i = 0; i < count; i++) tensors[i] = copy[from[i]];
    return FRINGE_OK;
}

/* Takes what the network says more firmly than the description, and refuses what they say differently. */
static fringe_status agree(const struct package_build *build, const struct onnx_value *value, int axis,
                           const char *what, int64_t *described, fringe_error *error)
{
    if (axis < 0 || value->rank < 0 || value->dims[axis] < 0) return FRINGE_OK;
    int64_t own = value->dims[axis];
    if (own < 1 || own > INT32_MAX || (*described > 0 && *described != own))
        return failure_set(error, FRINGE_MODEL,
                           "%s: '%s': %s is %lld in the network, %lld in its description",
                           build->package->path, value->name, what, (long long)own, (long long)*described);
    *described = own;
    return FRINGE_OK;
}

static fringe_status check_tensor(const struct package_build *build, const struct onnx_value *value,
                                  struct package_tensor *tensor, int is_input, fringe_error *error)
{
    if (value->rank >= 0 && value->rank != tensor->rank)
        return failure_set(error, FRINGE_MODEL, "%s: '%s' has %d axes in the network, %d in its description",
                           build->package->path, value->name, value->rank, tensor->rank);
    fringe_status status =
        agree(build, value, tensor->channel_axis, "number of channels", &tensor->channel_count, error);
    if (!status && is_input)
        status = agree(build, value, tensor->y_axis, "height", &tensor->height.fixed, error);
    if (!status && is_input)
        status = agree(build, value, tensor->x_axis, "width", &tensor->width.fixed, error);
    for (size_t i = 0; i < tensor->step_count && !status; i++)
        if (tensor->steps[i].value_count > 1 && tensor->channel_count > 0 &&
            (int64_t)tensor->steps[i].value_count != tensor->channel_count)
            status = failure_set(error, FRINGE_MODEL, "%s: '%s': step %zu has %zu values for %lld channels",
                                 build->package->path, value->name, i + 1, tensor->steps[i].value_count,
                                 (long long)tensor->channel_count);
    return status;
}

static fringe_status read_description(struct owned_package *owned, const char *name, const fringe_run *run,
                                      fringe_error *error)
{
    struct package *package = &owned->package;
    struct package_build build = {package, owned->arena, NULL, run};
    struct package_tensor *inputs, *outputs;
    unsigned char *bytes;
    size_t size;
    char *shown = path_join(package->path, name);
    fringe_status status =
        shown ? package_files_read(package->files, name, DESCRIPTION_LIMIT_BYTES, &bytes, &size, error)
              : failure_memory(error, name, strlen(name));
    if (!status) {
        status = yaml_read(bytes, size, shown, &owned->tree, error);
        alloc_free(bytes);
    }
    alloc_free(shown);
    if (status) return status;
    build.tree = owned->tree;
    const struct text_node *root = text_tree_root(owned->tree);
    package->described = 1;
    package->name = text_tree_text(root, "name", "");
    package->description = text_tree_text(root, "description", "");
    package->version = text_tree_text(root, "version", "");
    package->license = text_tree_text(root, "license", "");
    status = check_version(&build, error);
    if (!status) status = read_weights(owned, error);
    if (!status)
        status = read_tensors(&build, "inputs", "test_inputs", "preprocessing", NULL, &inputs,
                              &package->input_count, error);
    if (!status)
        status = read_tensors(&build, "outputs", "test_outputs", "postprocessing", inputs, &outputs,
                              &package->output_count, error);
    if (!status) status = read_config(&build, error);
    if (status) return status;
    package->outputs = outputs;
    const struct onnx_model *onnx = owned->onnx;
    status = order(&build, inputs, package->input_count, onnx->inputs, onnx->input_count, "inputs", error);
    if (!status)
        status = order(&build, outputs, package->output_count, onnx->outputs, onnx->output_count, "outputs",
                       error);
    for (size_t i = 0; i < package->input_count && !status; i++)
        status = check_tensor(&build, &onnx->inputs[i], &inputs[i], 1, error);
    for (size_t i = 0; i < package->output_count && !status; i++)
        status = check_tensor(&build, &onnx->outputs[i], &outputs[i], 0, error);
    return status;
}

/* ---- a bare ONNX file ---- */

/* Without a description the axes are guessed: (N, C, H, W), as nearly everybody writes, unless only the last
 * dimension looks like channels: tf2onnx's (N, H, W, C). */
static void assume_axes(const struct onnx_value *value, int channels_last, struct package_tensor *tensor)
{
    int rank = value->rank < 0 ? 4 : value->rank, spare = rank - 2;
    *tensor = (struct package_tensor){.name = value->name,
                                      .rank = rank,
                                      .batch_axis = -1,
                                      .channel_axis = -1,
                                      .y_axis = spare,
                                      .x_axis = spare + 1,
                                      .channel_count = 1,
                                      .height = {0, 1, 1},
                                      .width = {0, 1, 1},
                                      .test_file = ""};
    if (spare >= 1) tensor->channel_axis = spare - 1;
    if (spare >= 2) tensor->batch_axis = 0;
    if (channels_last) {
        tensor->y_axis = 1;
        tensor->x_axis = 2;
        tensor->channel_axis = 3;
    }
    if (tensor->channel_axis >= 0)
        tensor->channel_count =
            value->rank < 0 || value->dims[tensor->channel_axis] < 0 ? 0 : value->dims[tensor->channel_axis];
}

static int looks_channels_last(const struct onnx_value *value)
{
    enum { MOST_CHANNELS = 4 };
    if (value->rank != 4) return 0;
    return value->dims[3] >= 1 && value->dims[3] <= MOST_CHANNELS &&
           (value->dims[1] < 0 || value->dims[1] > MOST_CHANNELS);
}

static fringe_status assume_description(struct owned_package *owned, const fringe_run *run,
                                        fringe_error *error)
{
    static const struct step whole_image = {.kind = STEP_UNIT_SPREAD, .joint = 1, .eps = 1e-6};
    struct package *package = &owned->package;
    struct package_build build = {package, owned->arena, NULL, run};
    const struct onnx_model *onnx = owned->onnx;
    if (onnx->input_count == 0 || onnx->output_count == 0)
        return failure_set(error, FRINGE_MODEL, "%s: the network has %zu inputs and %zu outputs",
                           package->path, onnx->input_count, onnx->output_count);
    struct package_tensor *inputs = arena_array(owned->arena, onnx->input_count, sizeof *inputs);
    struct package_tensor *outputs = arena_array(owned->arena, onnx->output_count, sizeof *outputs);
    if (!inputs || !outputs) return failure_memory(error, package->path, sizeof *inputs);
    int channels_last = looks_channels_last(&onnx->inputs[0]);
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < onnx->input_count; i++) {
        if (onnx->inputs[i].rank >= 0 && (onnx->inputs[i].rank < 2 || onnx->inputs[i].rank > 4)) {
            inputs[i] = (struct package_tensor){
                .name = onnx->inputs[i].name, .rank = onnx->inputs[i].rank, .test_file = ""};
            continue; /* no image */
        }
        assume_axes(&onnx->inputs[i], channels_last, &inputs[i]);
        status = check_tensor(&build, &onnx->inputs[i], &inputs[i], 1, error);
        if (status) return status;
    }
    inputs[0].steps = &whole_image;
    inputs[0].step_count = 1;
    for (size_t i = 0; i < onnx->output_count; i++) {
        int image = onnx->outputs[i].rank == 4 || onnx->outputs[i].rank < 0;
        assume_axes(&onnx->outputs[i], channels_last && image, &outputs[i]);
    }
    package->inputs = inputs;
    package->outputs = outputs;
    package->input_count = onnx->input_count;
    package->output_count = onnx->output_count;
    if (channels_last)
        run_state_notice(
            run, FRINGE_NOTICE_MODEL,
            "%s: its input is taken as (batch, height, width, channels), since its last dimension is %lld",
            package->path, (long long)onnx->inputs[0].dims[3]);
    return FRINGE_OK;
}

static fringe_status read_bare(struct owned_package *owned, const fringe_run *run, fringe_error *error)
{
    struct package *package = &owned->package;
    char *stem = path_stem(package->path);
    if (stem) package->name = arena_text(owned->arena, stem, strlen(stem));
    alloc_free(stem);
    if (!package->name) return failure_memory(error, package->path, strlen(package->path));
    package->format = "onnx";
    package->onnx_name = path_name(package->path);
    fringe_status status = read_onnx_file(owned, package->path, error);
    return status ? status : assume_description(owned, run, error);
}

/* ---- which of these it is ---- */

static int is_zip(const char *path)
{
    unsigned char head[4] = {0};
    FILE *stream;
    if (file_open_read(path, &stream, NULL)) return 0;
    size_t got = fread(head, 1, sizeof head, stream);
    fclose(stream);
    return zip_read_recognise(head, got);
}

static fringe_status read_folder_or_zip(struct owned_package *owned, const char *path,
                                        const char *description, const fringe_run *run, fringe_error *error)
{
    static const char *const names[] = {"bioimageio.yaml", "rdf.yaml"}; /* the new name first */
    fringe_status status = package_files_open(path, &owned->package.files, error);
    if (status) return status;
    for (size_t i = 0; i < sizeof names / sizeof *names && !description; i++)
        if (package_files_has(owned->package.files, names[i])) description = names[i];
    if (!description)
        return failure_set(error, FRINGE_MODEL, "%s: no model package: holds neither %s nor %s", path,
                           names[0], names[1]);
    return read_description(owned, description, run, error);
}

fringe_status package_read(const char *path, const fringe_run *run, struct package **package,
                           fringe_error *error)
{
    struct file_facts facts;
    char *folder = NULL;
    fringe_status status;
    *package = NULL;
    struct owned_package *owned = alloc_array(1, sizeof *owned);
    if (!owned) return failure_memory(error, path, sizeof *owned);
    owned->arena = arena_create(ARENA_LIMIT_BYTES);
    if (owned->arena) owned->package.path = arena_text(owned->arena, path, strlen(path));
    if (!owned->arena || !owned->package.path) {
        status = failure_memory(error, path, sizeof *owned);
        goto done;
    }
    owned->package.description = owned->package.version = owned->package.license = owned->package.polarity =
        "";
    owned->package.relative_tolerance = owned->package.absolute_tolerance = 1e-3; /* the format's defaults */
    owned->package.mismatches_per_million = 100;
    file_look(path, &facts);
    if (facts.kind == FILE_DIRECTORY || (facts.kind == FILE_REGULAR && is_zip(path))) {
        status = read_folder_or_zip(owned, path, NULL, run, error);
    } else if (path_has_extension(path, ".yaml") || path_has_extension(path, ".yml")) {
        folder = path_directory(path);
        status = folder ? read_folder_or_zip(owned, folder, path_name(path), run, error)
                        : failure_memory(error, path, strlen(path));
    } else {
        status = read_bare(owned, run, error);
    }
    if (status) goto done;
    owned->package.onnx = owned->onnx;
    *package = &owned->package;
    owned = NULL;
done:
    alloc_free(folder);
    if (owned) package_free(&owned->package);
    return status;
}
