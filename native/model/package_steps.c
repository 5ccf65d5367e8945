/* package_steps.c - preprocessing and postprocessing, in the spellings of formats 0.4 and 0.5.
 *
 * https://github.com/bioimage-io/spec-bioimage-io: each step is {name or id, kwargs}.
 */
#include <math.h>
#include <string.h>

#include "model/package_build.h"

static const double EPS = 1e-6; /* the format's default */

/* One step while it is read. */
struct step_source {
    const struct package_build *build;
    const struct package_axes *axes;
    const struct package_tensor *tensor;
    const struct text_node *node, *kwargs;
    const char *name;
};

/* A sound description of something that is not done here. */
static fringe_status lacks(const struct step_source *source, const char *why, fringe_error *error)
{
    return text_tree_wrong(source->build->tree, source->node, FRINGE_UNSUPPORTED, error, "%.60s: %s",
                           source->name, why);
}

/* A single number of the kwargs. */
static fringe_status number(const struct step_source *source, const char *key, double fallback, double least,
                            double most, double *value, fringe_error *error)
{
    const struct text_node *node = text_tree_find(source->kwargs, key);
    *value = fallback;
    return text_tree_is_null(node) ? FRINGE_OK
                                   : package_number(source->build, node, least, most, value, error);
}

/* A number or a list of one for each channel: *count values, `fallback` once where there is none. */
static fringe_status numbers(const struct step_source *source, const char *key, double fallback,
                             double **values, size_t *count, fringe_error *error)
{
    const struct text_node *node = text_tree_find(source->kwargs, key);
    int is_list = node && node->kind == TEXT_LIST;
    *count = is_list ? node->count : 1;
    if (*count == 0 || (int64_t)*count > INT32_MAX ||
        (*count > 1 && source->tensor->channel_count > 0 && (int64_t)*count != source->tensor->channel_count))
        return text_tree_wrong(source->build->tree, node, FRINGE_MODEL, error, "%zu values for %lld channels",
                               *count, (long long)source->tensor->channel_count);
    *values = package_take(source->build, *count, sizeof **values, error);
    if (!*values) return FRINGE_MEMORY;
    if (text_tree_is_null(node)) {
        **values = fallback;
        return FRINGE_OK;
    }
    for (size_t i = 0; i < *count; i++) {
        fringe_status status = package_number(source->build, is_list ? text_tree_item(node, i) : node, -1e300,
                                              1e300, &(*values)[i], error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* As many values as the longer list: a single one stands for all. */
static fringe_status spread(const struct step_source *source, double **values, size_t from, size_t to,
                            fringe_error *error)
{
    if (from == to) return FRINGE_OK;
    double *wide = package_take(source->build, to, sizeof *wide, error);
    if (!wide) return FRINGE_MEMORY;
    for (size_t i = 0; i < to; i++) wide[i] = (*values)[0];
    *values = wide;
    return FRINGE_OK;
}

/* Which kind of axis a name of `kwargs` means: an id of this tensor's, or 0.4's letter. */
static int find_axis(const struct package_axes *axes, const char *id, size_t length, enum axis_kind *kind)
{
    for (size_t i = 0; i < axes->count; i++)
        if (strlen(axes->items[i].id) == length && memcmp(axes->items[i].id, id, length) == 0) {
            *kind = axes->items[i].kind;
            return 1;
        }
    return 0;
}

/* Over what the statistics are taken: the whole plane, and with the channel axis all planes together. */
static fringe_status read_scope(const struct step_source *source, struct step *step, fringe_error *error)
{
    const struct text_node *axes = text_tree_find(source->kwargs, "axes");
    int named[AXIS_OTHER + 1] = {0};
    if (strcmp(text_tree_text(source->kwargs, "mode", ""), "per_dataset") == 0)
        return lacks(
            source,
            "per_dataset: its statistics are those of a whole data set, which the package does not hold",
            error);
    step->joint = 1;
    if (text_tree_is_null(axes)) return FRINGE_OK; /* all axes; the batch is this one sample */
    int is_letters = axes->kind == TEXT_SCALAR;
    size_t count = is_letters ? strlen(axes->text) : axes->count;
    for (size_t i = 0; i < count; i++) {
        const struct text_node *item = is_letters ? axes : text_tree_item(axes, i);
        const char *id = is_letters ? axes->text + i : item->text;
        enum axis_kind kind = AXIS_OTHER;
        if (!find_axis(source->axes, id, is_letters ? 1 : strlen(id), &kind))
            return text_tree_wrong(source->build->tree, item, FRINGE_MODEL, error,
                                   "'%.*s' is no axis of '%s'", is_letters ? 1 : 40, id,
                                   source->tensor->name);
        named[kind] = 1;
    }
    if (named[AXIS_BATCH])
        return lacks(
            source,
            "over the batch: its statistics are those of a whole data set, which the package does not hold",
            error);
    if (!named[AXIS_Y] || !named[AXIS_X])
        return lacks(source, "its statistics are not over whole planes (y and x together)", error);
    step->joint = named[AXIS_CHANNEL];
    return FRINGE_OK;
}

/* (x - mean) / (std + eps) with stated numbers, divided once here. 0.4 defines it with eps, and the format's
 * own library adds one in 0.5 too. */
static fringe_status read_fixed(const struct step_source *source, struct step *step, fringe_error *error)
{
    double *mean, *sd, *add, eps;
    size_t mean_count, sd_count, count;
    if (text_tree_is_null(text_tree_find(source->kwargs, "mean")) ||
        text_tree_is_null(text_tree_find(source->kwargs, "std")))
        return text_tree_wrong(source->build->tree, source->node, FRINGE_MODEL, error,
                               "%.60s: needs both mean and std", source->name);
    fringe_status status = numbers(source, "mean", 0, &mean, &mean_count, error);
    if (!status) status = numbers(source, "std", 1, &sd, &sd_count, error);
    if (!status) status = number(source, "eps", EPS, 0, 0.1, &eps, error);
    if (status) return status;
    count = mean_count > sd_count ? mean_count : sd_count;
    status = spread(source, &mean, mean_count, count, error);
    if (!status) status = spread(source, &sd, sd_count, count, error);
    add = status ? NULL : package_take(source->build, count, sizeof *add, error);
    if (!add) return status ? status : FRINGE_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (!(sd[i] + eps > 0))
            return text_tree_wrong(source->build->tree, source->node, FRINGE_MODEL, error,
                                   "%.60s: std of channel %zu is not above 0", source->name, i);
        sd[i] = 1 / (sd[i] + eps);
    }
    *step = (struct step){
        .kind = STEP_LINEAR, .value_count = count, .subtract = mean, .multiply = sd, .add = add};
    return FRINGE_OK;
}

/* 0.4 calls the fixed kind by the same name, with a mode; 0.5 gave it a name of its own. */
static fringe_status read_unit_spread(const struct step_source *source, struct step *step,
                                      fringe_error *error)
{
    const char *mode = text_tree_text(source->kwargs, "mode", "");
    if (strcmp(mode, "fixed") == 0 || !text_tree_is_null(text_tree_find(source->kwargs, "mean")))
        return read_fixed(source, step, error);
    step->kind = STEP_UNIT_SPREAD;
    fringe_status status = read_scope(source, step, error);
    return status ? status : number(source, "eps", EPS, 0, 0.1, &step->eps, error);
}

/* x * gain + offset */
static fringe_status read_linear(const struct step_source *source, struct step *step, fringe_error *error)
{
    double *gain, *offset, *zero;
    size_t gain_count, offset_count, count;
    fringe_status status = numbers(source, "gain", 1, &gain, &gain_count, error);
    if (!status) status = numbers(source, "offset", 0, &offset, &offset_count, error);
    if (status) return status;
    count = gain_count > offset_count ? gain_count : offset_count;
    status = spread(source, &gain, gain_count, count, error);
    if (!status) status = spread(source, &offset, offset_count, count, error);
    zero = status ? NULL : package_take(source->build, count, sizeof *zero, error);
    if (!zero) return status ? status : FRINGE_MEMORY;
    *step = (struct step){
        .kind = STEP_LINEAR, .value_count = count, .subtract = zero, .multiply = gain, .add = offset};
    return FRINGE_OK;
}

/* The percentiles may lie within the range: values beyond them leave 0 to 1, and a clip behind cuts them. */
static fringe_status read_range(const struct step_source *source, struct step *step, fringe_error *error)
{
    const char *reference = text_tree_text(source->kwargs, "reference_tensor", source->tensor->name);
    if (strcmp(reference, source->tensor->name) != 0)
        return lacks(source, "percentiles of another tensor (reference_tensor)", error);
    step->kind = STEP_RANGE;
    fringe_status status = read_scope(source, step, error);
    if (!status) status = number(source, "min_percentile", 0, 0, 100, &step->low_percent, error);
    if (!status) status = number(source, "max_percentile", 100, 0, 100, &step->high_percent, error);
    if (!status) status = number(source, "eps", EPS, 0, 0.1, &step->eps, error);
    if (!status && step->low_percent >= step->high_percent)
        return text_tree_wrong(source->build->tree, source->node, FRINGE_MODEL, error,
                               "scale_range: min_percentile is not below max_percentile");
    return status;
}

/* Stated ends, or (0.5) percentiles; one end may be left open. */
static fringe_status read_clip(const struct step_source *source, struct step *step, fringe_error *error)
{
    step->kind = STEP_CLIP;
    fringe_status status = number(source, "min", -INFINITY, -INFINITY, INFINITY, &step->least, error);
    if (!status) status = number(source, "max", INFINITY, -INFINITY, INFINITY, &step->most, error);
    if (!status) status = number(source, "min_percentile", NAN, 0, 100, &step->low_percent, error);
    if (!status) status = number(source, "max_percentile", NAN, 0, 100, &step->high_percent, error);
    if (status) return status;
    if (step->least > step->most || step->low_percent > step->high_percent)
        return text_tree_wrong(source->build->tree, source->node, FRINGE_MODEL, error,
                               "clip: min is above max");
    step->by_percentile = !isnan(step->low_percent) || !isnan(step->high_percent);
    return step->by_percentile ? read_scope(source, step, error) : FRINGE_OK;
}

/* Above the threshold, not from it on: unlike our own mask, but as the format says. */
static fringe_status read_binarize(const struct step_source *source, struct step *step, fringe_error *error)
{
    double *thresholds;
    step->kind = STEP_BINARIZE;
    if (text_tree_is_null(text_tree_find(source->kwargs, "threshold")))
        return text_tree_wrong(source->build->tree, source->node, FRINGE_MODEL, error,
                               "binarize: has no threshold");
    fringe_status status = numbers(source, "threshold", 0, &thresholds, &step->value_count, error);
    step->subtract = thresholds;
    return status;
}

/* Brings mean and spread to those of another tensor, in practice an output's to the input's (denoising). The
 * input's are taken before its preparation, as bioimage.io's own library does. */
static fringe_status read_like(const struct step_source *source, struct step *step, fringe_error *error)
{
    const struct package *package = &source->build->package;
    const char *reference = text_tree_text(source->kwargs, "reference_tensor", "");
    int is_output = source->tensor != package->inputs;
    step->kind = STEP_LIKE;
    step->of_input =
        is_output && package->input_count == 1 && strcmp(reference, package->inputs[0].name) == 0;
    if (!step->of_input && strcmp(reference, source->tensor->name) != 0)
        return lacks(source, "its reference_tensor is neither this tensor nor the one input", error);
    fringe_status status = read_scope(source, step, error);
    return status ? status : number(source, "eps", EPS, 0, 0.1, &step->eps, error);
}

/* Types that the float values are brought to. float32 and float64 change nothing here. */
static fringe_status read_dtype(const struct step_source *source, struct step *step, int *nothing,
                                fringe_error *error)
{
    static const struct {
        const char *name;
        double least, most;
    } types[] = {{"uint8", 0, 255},
                 {"int8", -128, 127},
                 {"uint16", 0, 65535},
                 {"int16", -32768, 32767},
                 {"uint32", 0, 4294967295},
                 {"int32", -2147483648.0, 2147483647},
                 {"uint64", 0, 18446744073709551615.0},
                 {"int64", -9223372036854775808.0, 9223372036854775807.0}};
    const char *name = text_tree_text(source->kwargs, "dtype", "");
    *nothing = strcmp(name, "float32") == 0 || strcmp(name, "float64") == 0;
    if (*nothing) return FRINGE_OK;
    if (strcmp(name, "bool") == 0) {
        static const double zero[1];
        *step = (struct step){.kind = STEP_BINARIZE, .value_count = 1, .subtract = zero};
        return FRINGE_OK;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0) {
            *step = (struct step){.kind = STEP_INTEGER, .least = types[i].least, .most = types[i].most};
            return FRINGE_OK;
        }
    return text_tree_wrong(source->build->tree, source->node, FRINGE_UNSUPPORTED, error,
                           "ensure_dtype: unknown type '%.40s'", name);
}

/* 0.4 names no axis. */
static fringe_status read_softmax(const struct step_source *source, struct step *step, fringe_error *error)
{
    const char *axis = text_tree_text(source->kwargs, "axis", NULL);
    enum axis_kind kind = AXIS_CHANNEL;
    step->kind = STEP_SOFTMAX;
    if (axis && (!find_axis(source->axes, axis, strlen(axis), &kind) || kind != AXIS_CHANNEL))
        return lacks(source, "only over the channels", error);
    return FRINGE_OK;
}

static fringe_status read_step(const struct step_source *source, struct step *step, int *nothing,
                               fringe_error *error)
{
    static const struct {
        const char *name;
        fringe_status (*read)(const struct step_source *, struct step *, fringe_error *);
    } readers[] = {
        {"zero_mean_unit_variance", read_unit_spread},
        {"fixed_zero_mean_unit_variance", read_fixed},
        {"scale_range", read_range},
        {"scale_linear", read_linear},
        {"clip", read_clip},
        {"binarize", read_binarize},
        {"softmax", read_softmax},
        {"scale_mean_variance", read_like},
    };
    *nothing = 0;
    if (strcmp(source->name, "ensure_dtype") == 0) return read_dtype(source, step, nothing, error);
    if (strcmp(source->name, "sigmoid") == 0) {
        step->kind = STEP_SIGMOID;
        return FRINGE_OK;
    }
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strcmp(readers[i].name, source->name) == 0) return readers[i].read(source, step, error);
    return lacks(source, "a step that Fringe lacks", error);
}

fringe_status package_steps_read(const struct package_build *build, const struct text_node *node,
                                 const struct package_axes *axes, struct package_tensor *tensor,
                                 fringe_error *error)
{
    if (text_tree_is_null(node)) return FRINGE_OK;
    if (node->kind != TEXT_LIST)
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "is not a list of steps");
    struct step *steps = package_take(build, node->count, sizeof *steps, error);
    if (!steps) return FRINGE_MEMORY;
    tensor->steps = steps;
    for (const struct text_node *item = node->first; item; item = item->next) {
        struct step_source source = {.build = build,
                                     .axes = axes,
                                     .tensor = tensor,
                                     .node = item,
                                     .kwargs = text_tree_find(item, "kwargs"),
                                     .name = text_tree_text(item, "id", text_tree_text(item, "name", ""))};
        int nothing;
        fringe_status status = read_step(&source, &steps[tensor->step_count], &nothing, error);
        if (status) return status;
        if (!nothing) tensor->step_count++;
    }
    return FRINGE_OK;
}
