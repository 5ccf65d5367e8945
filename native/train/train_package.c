#include "train/train_package.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "fringe/micrograph.h"
#include "fringe/model.h"
#include "fringe/segment.h"
#include "fringe/version.h"
#include "train/curve.h"
#include "train/npy_write.h"
#include "train/yaml_text.h"

enum { TEST_SIDE_PX = 256, OPSET = 13, CLASS_NAME_BYTES = 24 };
static const char TEST_INPUT[] = "test_input.npy", TEST_OUTPUT[] = "test_output.npy",
                  RECIPE[] = "recipe.yaml", CURVE[] = "curve.svg", CARD[] = "README.md";

/* A text file of the package on its way. */
static fringe_status begin(const struct train_package *package, const char *name, struct file_writer *writer,
                           fringe_error *error)
{
    char *path = path_join(package->directory, name);
    if (!path) return failure_memory(error, name, strlen(package->directory));
    fringe_status status = file_writer_begin(writer, path, error);
    alloc_free(path);
    return status;
}

static void put_number(FILE *stream, const char *before, double value, const char *behind)
{
    char text[NUMBER_TEXT_BYTES];
    fprintf(stream, "%s%s%s", before, number_text_exact(value, text), behind);
}

/* ---- test tensors ---- */

/* (1, channels, height, width). */
static fringe_status write_npy(const struct train_package *package, const char *name, const float *values,
                               int32_t channels, int32_t height_px, int32_t width_px, fringe_error *error)
{
    const int64_t dims[4] = {1, channels, height_px, width_px};
    char *path = path_join(package->directory, name);
    if (!path) return failure_memory(error, name, strlen(package->directory));
    fringe_status status = npy_write(path, values, 4, dims, error);
    alloc_free(path);
    return status;
}

/* What inference makes of prepared pixels. */
static fringe_status infer(const struct train_package *package, const float *prepared, int32_t height_px,
                           int32_t width_px, const fringe_run *run, fringe_segmentation *result,
                           fringe_error *error)
{
    fringe_model *model = NULL;
    fringe_micrograph *micrograph = NULL;
    fringe_segment_options options;
    char *path = path_join(package->directory, TRAINING_MODEL);
    if (!path) return failure_memory(error, TRAINING_MODEL, strlen(package->directory));
    fringe_segment_options_init(&options);
    options.normalize = FRINGE_NORMALIZE_NONE;
    options.resample = 0;
    options.exclude_bottom_px = 0;
    fringe_status status = fringe_model_load(path, NULL, &model, error);
    if (!status)
        status = fringe_micrograph_from_pixels(prepared, FRINGE_PIXEL_FLOAT32,
                                               package->recipe->trainer.architecture.input_channels,
                                               height_px, width_px, 0, &micrograph, error);
    if (!status) status = fringe_segment(model, micrograph, 0, &options, run, result, error);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
    alloc_free(path);
    return status;
}

static fringe_status write_tests(const struct train_package *package, const fringe_run *run,
                                 fringe_error *error)
{
    const struct samples *from = samples_count(package->validation) ? package->validation : package->train;
    int32_t channels = package->recipe->trainer.architecture.input_channels, height, width;
    struct step steps[SAMPLES_MOST_STEPS];
    fringe_segmentation result = {0};
    float *pixels = NULL;
    fringe_status status =
        samples_raw(from, 0, TEST_SIDE_PX, package->curve->stride_px, run, &pixels, &height, &width, error);
    if (!status) status = write_npy(package, TEST_INPUT, pixels, channels, height, width, error);
    size_t plane = status ? 0 : (size_t)height * (size_t)width;
    if (!status)
        status = preparation_apply(steps, samples_steps(package->recipe, steps),
                                   &(struct preparation_sample){.planes = pixels,
                                                                .channel_count = (size_t)channels,
                                                                .pixel_count = plane,
                                                                .plane_stride = plane,
                                                                .run = run},
                                   error);
    if (!status) status = infer(package, pixels, height, width, run, &result, error);
    if (!status)
        status =
            write_npy(package, TEST_OUTPUT, result.probability, result.channel_count, height, width, error);
    fringe_segmentation_free(&result);
    alloc_free(pixels);
    return status;
}

/* ---- recipe and card ---- */

static fringe_status write_recipe(const struct train_package *package, fringe_error *error)
{
    struct file_writer writer;
    fringe_status status = begin(package, RECIPE, &writer, error);
    if (status) return status;
    fwrite(package->recipe->bytes, 1, package->recipe->byte_count, writer.stream);
    return file_writer_commit(&writer, error);
}

static const char *network_name(const struct train_recipe *recipe)
{
    static const char *const names[] = {"U-Net", "residual U-Net",
                                        "encoder-decoder with max-unpooling (SegNet)"};
    return names[recipe->trainer.architecture.kind];
}

/* What a cell of the card says of the network. One to start from brings its own layers, whatever the recipe
 * says. */
static void put_network(const struct train_package *package, FILE *stream)
{
    const struct architecture *architecture = &package->recipe->trainer.architecture;
    if (package->from_sha256)
        fprintf(stream, "that of the file with SHA-256 `%s`, trained on,", package->from_sha256);
    else
        fprintf(stream, "%s,", network_name(package->recipe));
    for (int32_t i = 0; !package->from_sha256 && i < architecture->levels; i++)
        fprintf(stream, "%s%d%s", i ? "-" : " ", (int)architecture->widths[i],
                i + 1 < architecture->levels ? "" : " channels,");
    fprintf(stream, " %d in, %d classes |\n", (int)architecture->input_channels, (int)architecture->classes);
}

/* The name of a class; `unnamed` is room for those that have none. */
static const char *class_name(const struct train_recipe *recipe, int32_t index,
                              char unnamed[CLASS_NAME_BYTES])
{
    if (recipe->class_names.count) return recipe->class_names.items[index];
    snprintf(unnamed, CLASS_NAME_BYTES, "class %d", (int)index);
    return unnamed;
}

static fringe_status write_card(const struct train_package *package, fringe_error *error)
{
    const struct train_recipe *recipe = package->recipe;
    const struct architecture *architecture = &recipe->trainer.architecture;
    const struct training_curve *curve = package->curve;
    struct samples_facts facts;
    struct file_writer writer;
    fringe_status status = begin(package, CARD, &writer, error);
    if (status) return status;
    FILE *stream = writer.stream;
    samples_get_facts(package->train, &facts);
    fprintf(stream, "# %s\n\n%s\n\n", recipe->name, recipe->description);
    fprintf(stream, "Made by `fringe train` (Fringe %s) from `%s` in this folder.\n\n", fringe_version(),
            RECIPE);
    fputs("| | |\n|---|---|\n| network | ", stream);
    put_network(package, stream);
    fprintf(stream, "| trained on | %zu images, validated on %zu |\n", samples_count(package->train),
            samples_count(package->validation));
    fprintf(stream, "| SHA-256 of the data | `%s` |\n| SHA-256 of the recipe | `%s` |\n",
            package->data_sha256, recipe->sha256);
    fprintf(stream, "| preparation | %s |\n", train_recipe_normalize_name(recipe->normalize));
    if (recipe->pixel_size_nm > 0) put_number(stream, "| pixel size | ", recipe->pixel_size_nm, " nm |\n");
    if (facts.nm_per_px_max > 0) {
        put_number(stream, "| pixel size of the images | ", facts.nm_per_px_min, " to ");
        put_number(stream, "", facts.nm_per_px_max, " nm |\n");
    }
    for (int32_t k = 0; k < architecture->classes; k++) {
        char unnamed[CLASS_NAME_BYTES], share[NUMBER_TEXT_BYTES];
        fprintf(stream, "| pixels of %s | %s %% |\n", class_name(recipe, k, unnamed),
                number_text(100 * facts.class_share[k], 3, share));
    }
    fprintf(stream, "\n## How it went\n\n![Loss and mean IoU over the epochs](%s)\n\n", CURVE);
    fprintf(stream, "The weights are those of epoch %lld of %lld.\n\n", (long long)curve->best + 1,
            (long long)curve->count);
    fputs("| epoch | loss | validation loss | mean IoU |\n|---|---|---|---|\n", stream);
    for (int64_t i = 0; i < curve->count; i++) {
        const struct training_epoch *e = &curve->epochs[i];
        char text[3][NUMBER_TEXT_BYTES];
        fprintf(stream, "| %lld | %s | %s | %s |\n", (long long)i + 1, number_text(e->loss, 4, text[0]),
                isnan(e->validation_loss) ? "-" : number_text(e->validation_loss, 4, text[1]),
                isnan(e->score) ? "-" : number_text(e->score, 4, text[2]));
    }
    fputs("\nValidation images are of the same kind as those trained on; on others the network does worse.\n",
          stream);
    return file_writer_commit(&writer, error);
}

/* ---- rdf.yaml ---- */

static void put_space(const struct train_package *package, FILE *stream, const char *axis)
{
    fprintf(stream, "  - type: space\n    id: %s\n", axis);
    if (package->recipe->pixel_size_nm > 0)
        put_number(stream, "    unit: nanometer\n    scale: ", package->recipe->pixel_size_nm, "\n");
}

static void put_preparation(const struct train_recipe *recipe, FILE *stream)
{
    fputs("  preprocessing:\n  - id: ensure_dtype\n    kwargs:\n      dtype: float32\n", stream);
    switch (recipe->normalize) {
    case TRAIN_ZSCORE:
        fputs("  - id: zero_mean_unit_variance\n    kwargs:\n      axes: [y, x]\n      eps: 1.0e-06\n",
              stream);
        break;
    case TRAIN_MINMAX:
        fputs("  - id: scale_range\n    kwargs:\n      axes: [y, x]\n      eps: 1.0e-06\n      "
              "min_percentile: 0.0\n"
              "      max_percentile: 100.0\n",
              stream);
        break;
    case TRAIN_PERCENTILE:
        fputs("  - id: scale_range\n    kwargs:\n      axes: [y, x]\n      eps: 1.0e-06\n      "
              "min_percentile: 1.0\n"
              "      max_percentile: 99.8\n",
              stream);
        break;
    case TRAIN_FIXED:
        put_number(stream, "  - id: scale_linear\n    kwargs:\n      gain: ", recipe->gain, "\n");
        put_number(stream, "      offset: ", recipe->shift, "\n");
        break;
    }
}

static fringe_status put_input(const struct train_package *package, FILE *stream, fringe_error *error)
{
    static const char *const axes[] = {"y", "x"};
    fputs("inputs:\n- id: image\n  description: micrograph\n  axes:\n  - type: batch\n  - type: channel\n"
          "    channel_names:\n",
          stream);
    for (int32_t c = 0; c < package->recipe->trainer.architecture.input_channels; c++)
        fprintf(stream, "    - channel%d\n", (int)c);
    for (int i = 0; i < 2; i++) {
        put_space(package, stream, axes[i]);
        fprintf(stream, "    size:\n      min: %d\n      step: %d\n", (int)package->curve->stride_px,
                (int)package->curve->stride_px);
    }
    fputs("  data:\n    type: float32\n  test_tensor:\n", stream);
    fringe_status status = yaml_text_put_file(stream, "    ", package->directory, TEST_INPUT, error);
    put_preparation(package->recipe, stream);
    return status;
}

static fringe_status put_output(const struct train_package *package, FILE *stream, fringe_error *error)
{
    static const char *const axes[] = {"y", "x"};
    fputs(
        "outputs:\n- id: probability\n  description: softmax over the classes, computed inside the network\n"
        "  axes:\n  - type: batch\n  - type: channel\n    channel_names:\n",
        stream);
    for (int32_t k = 0; k < package->recipe->trainer.architecture.classes; k++) {
        char unnamed[CLASS_NAME_BYTES];
        yaml_text_put(stream, "    - ", class_name(package->recipe, k, unnamed));
    }
    for (int i = 0; i < 2; i++) {
        put_space(package, stream, axes[i]);
        fprintf(stream, "    size:\n      tensor_id: image\n      axis_id: %s\n", axes[i]);
    }
    fputs("  data:\n    type: float32\n    range: [0.0, 1.0]\n  test_tensor:\n", stream);
    return yaml_text_put_file(stream, "    ", package->directory, TEST_OUTPUT, error);
}

/* What inference warns about when an image lies outside of it. */
static void put_range(const struct train_package *package, FILE *stream)
{
    const struct train_recipe *recipe = package->recipe;
    struct samples_facts facts;
    samples_get_facts(package->train, &facts);
    fputs("config:\n  fringe:\n", stream);
    fprintf(stream, "    data_sha256: %s\n    recipe_sha256: %s\n", package->data_sha256, recipe->sha256);
    if (recipe->pixel_size_nm > 0) put_number(stream, "    pixel_size_nm: ", recipe->pixel_size_nm, "\n");
    if (facts.nm_per_px_max > 0) {
        /* Without resampling a magnified crop is an image of smaller pixels. */
        int own_grid = !(recipe->pixel_size_nm > 0);
        put_number(stream, "    pixel_size_range_nm: [",
                   facts.nm_per_px_min / (own_grid ? recipe->augmentation.scale.high : 1), ", ");
        put_number(stream, "", facts.nm_per_px_max / (own_grid ? recipe->augmentation.scale.low : 1), "]\n");
    }
    if (recipe->dose_e_per_a2.high > 0) {
        put_number(stream, "    dose_range_e_per_A2: [", recipe->dose_e_per_a2.low, ", ");
        put_number(stream, "", recipe->dose_e_per_a2.high, "]\n");
    }
    if (recipe->lattice_filter) fputs("    lattice_filter: true\n", stream);
    if (recipe->drop_ghosts) fputs("    drop_ghosts: true\n", stream);
    if (*recipe->polarity)
        yaml_text_put(stream, "    polarity: ", recipe->polarity);
    else if (recipe->augmentation.polarity > 0)
        fputs("    polarity: either\n", stream);
}

static void put_citation(const struct train_recipe *recipe, FILE *stream)
{
    static const struct {
        const char *text, *doi;
    } works[] = {
        {"Ronneberger, Fischer, Brox. U-Net (2015). The architecture.", "10.1007/978-3-319-24574-4_28"},
        {"Zhang, Liu, Wang. Deep residual U-Net (2018). The architecture.", "10.1109/LGRS.2018.2802944"},
        {"Badrinarayanan, Kendall, Cipolla. SegNet (2017). The architecture.", "10.1109/TPAMI.2016.2644615"}};
    yaml_text_put(stream, "cite:\n- text: ", works[recipe->trainer.architecture.kind].text);
    fprintf(stream, "  doi: %s\n", works[recipe->trainer.architecture.kind].doi);
}

static fringe_status write_description(const struct train_package *package, fringe_error *error)
{
    const struct train_recipe *recipe = package->recipe;
    struct file_writer writer;
    fringe_status status = begin(package, TRAIN_PACKAGE_DESCRIPTION, &writer, error);
    if (status) return status;
    FILE *stream = writer.stream;
    fputs("format_version: 0.5.4\ntype: model\n", stream);
    yaml_text_put(stream, "name: ", recipe->name);
    yaml_text_put(stream, "description: ", recipe->description);
    yaml_text_put(stream, "version: 0.1.0\nauthors:\n- name: ", recipe->author);
    if (!package->from_sha256) put_citation(recipe, stream);
    yaml_text_put(stream, "license: ", recipe->license);
    fprintf(stream,
            "documentation: %s\ntags: [electron-microscopy, semantic-segmentation, fringe]\nattachments:\n",
            CARD);
    status = yaml_text_put_file(stream, "- ", package->directory, RECIPE, error);
    if (!status) status = yaml_text_put_file(stream, "- ", package->directory, CURVE, error);
    if (!status) status = put_input(package, stream, error);
    if (!status) status = put_output(package, stream, error);
    fputs("weights:\n  onnx:\n", stream);
    if (!status) status = yaml_text_put_file(stream, "    ", package->directory, TRAINING_MODEL, error);
    fprintf(stream, "    opset_version: %d\n", OPSET);
    put_range(package, stream);
    if (!status) return file_writer_commit(&writer, error);
    file_writer_discard(&writer);
    return status;
}

fringe_status train_package_write(const struct train_package *package, const fringe_run *run,
                                  fringe_error *error)
{
    char *curve = path_join(package->directory, CURVE);
    if (!curve) return failure_memory(error, CURVE, strlen(package->directory));
    fringe_status status = curve_write(curve, package->curve, error);
    alloc_free(curve);
    if (!status) status = write_tests(package, run, error);
    if (!status) status = write_recipe(package, error);
    if (!status) status = write_card(package, error);
    if (!status) status = write_description(package, error);
    return status;
}
