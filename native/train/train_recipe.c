#include "train/train_recipe.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "text/yaml_read.h"

/* How a key's value is read, and what lies at its offset. */
enum value_kind {
    VALUE_TEXT,    /* const char * */
    VALUE_TEXTS,   /* struct train_texts; one text counts as a list of one */
    VALUE_WORD,    /* int: index in words */
    VALUE_NUMBER,  /* double */
    VALUE_WHOLE,   /* int32_t */
    VALUE_LONG,    /* int64_t */
    VALUE_FLAG,    /* int */
    VALUE_RANGE,   /* struct augmentation_range: a number or [low, high] */
    VALUE_CLASSES, /* label values of classes and class_count */
    VALUE_WEIGHTS, /* a number of each class */
    VALUE_WIDTHS   /* widths and levels */
};

struct row {
    const char *section, *key; /* section "" at the top */
    enum value_kind kind;
    size_t offset;
    double lowest, highest;
    const char *const *words;
};

static const char *const normalize_words[] = {"zscore", "minmax", "percentile", "fixed", NULL};
static const char *const network_words[] = {"unet", "residual-unet", "segnet", NULL};
static const char *const upsampling_words[] = {"nearest", "transposed", NULL};
static const char *const schedule_words[] = {"constant", "cosine", "step", NULL};
static const char *const kind_words[] = {"network", NULL};

#define AT(member) offsetof(struct train_recipe, member)
#define NOWHERE    ((size_t)-1) /* read and checked, not kept */
static const struct row rows[] = {
    {"", "kind", VALUE_WORD, NOWHERE, 0, 0, kind_words},
    {"", "name", VALUE_TEXT, AT(name), 0, 0, NULL},
    {"", "description", VALUE_TEXT, AT(description), 0, 0, NULL},
    {"", "license", VALUE_TEXT, AT(license), 0, 0, NULL},
    {"", "author", VALUE_TEXT, AT(author), 0, 0, NULL},
    {"", "polarity", VALUE_TEXT, AT(polarity), 0, 0, NULL},
    {"", "lattice_filter", VALUE_FLAG, AT(lattice_filter), 0, 0, NULL},
    {"", "drop_ghosts", VALUE_FLAG, AT(drop_ghosts), 0, 0, NULL},
    {"", "dose_e_per_A2", VALUE_RANGE, AT(dose_e_per_a2), 0, 1e9, NULL},
    {"data", "train", VALUE_TEXTS, AT(train), 0, 0, NULL},
    {"data", "truth", VALUE_TEXT, AT(truth), 0, 0, NULL},
    {"data", "validation", VALUE_TEXTS, AT(validation), 0, 0, NULL},
    {"data", "validation_truth", VALUE_TEXT, AT(validation_truth), 0, 0, NULL},
    {"data", "validation_share", VALUE_NUMBER, AT(validation_share), 0, 0.9, NULL},
    {"data", "simulate_preset", VALUE_TEXT, AT(preset), 0, 0, NULL},
    {"data", "simulate_recipe", VALUE_TEXT, AT(recipe), 0, 0, NULL},
    {"data", "simulate_count", VALUE_WHOLE, AT(simulate_count), 1, 1000000, NULL},
    {"data", "simulate_seed", VALUE_NUMBER, AT(simulate_seed), 0, 0x1p53, NULL},
    {"data", "channels", VALUE_WHOLE, AT(trainer.architecture.input_channels), 1, 16, NULL},
    {"data", "classes", VALUE_CLASSES, AT(classes), 0, 255, NULL},
    {"data", "class_names", VALUE_TEXTS, AT(class_names), 0, 0, NULL},
    {"data", "ignore", VALUE_NUMBER, AT(ignore), 0, 255, NULL},
    {"data", "pixel_size_nm", VALUE_NUMBER, AT(pixel_size_nm), 1e-6, 1e6, NULL},
    {"data", "normalize", VALUE_WORD, AT(normalize), 0, 0, normalize_words},
    {"data", "subtract", VALUE_NUMBER, AT(subtract), -1e30, 1e30, NULL},
    {"data", "divide", VALUE_NUMBER, AT(divide), 1e-30, 1e30, NULL},
    {"data", "memory_mib", VALUE_NUMBER, AT(memory_mib), 1, 1e7, NULL},
    {"network", "kind", VALUE_WORD, AT(trainer.architecture.kind), 0, 0, network_words},
    {"network", "classes", VALUE_WHOLE, AT(trainer.architecture.classes), 2, ARCHITECTURE_MOST_CLASSES, NULL},
    {"network", "widths", VALUE_WIDTHS, AT(trainer.architecture.widths), 1, 4096, NULL},
    {"network", "encoder_convolutions", VALUE_WHOLE, AT(trainer.architecture.encoder_convolutions), 1, 8,
     NULL},
    {"network", "decoder_convolutions", VALUE_WHOLE, AT(trainer.architecture.decoder_convolutions), 1, 8,
     NULL},
    {"network", "batch_norm", VALUE_FLAG, AT(trainer.architecture.batch_norm), 0, 0, NULL},
    {"network", "upsampling", VALUE_WORD, AT(trainer.architecture.transposed), 0, 0, upsampling_words},
    {"network", "from", VALUE_TEXT, AT(trainer.from_model), 0, 0, NULL},
    {"network", "frozen_levels", VALUE_WHOLE, AT(trainer.frozen_levels), 0, ARCHITECTURE_MOST_LEVELS, NULL},
    {"training", "batch", VALUE_WHOLE, AT(batch), 1, 1024, NULL},
    {"training", "crop_px", VALUE_WHOLE, AT(crop_px), 8, 4096, NULL},
    {"training", "epochs", VALUE_WHOLE, AT(epochs), 1, 1000000, NULL},
    {"training", "steps_per_epoch", VALUE_WHOLE, AT(steps_per_epoch), 1, 1000000, NULL},
    {"training", "patience", VALUE_WHOLE, AT(patience), 0, 1000000, NULL},
    {"training", "seed", VALUE_NUMBER, AT(seed), 0, 0x1p53, NULL},
    {"training", "rate", VALUE_NUMBER, AT(trainer.optimiser.rate), 1e-12, 10, NULL},
    {"training", "beta1", VALUE_NUMBER, AT(trainer.optimiser.beta1), 0, 0.999999, NULL},
    {"training", "beta2", VALUE_NUMBER, AT(trainer.optimiser.beta2), 0, 0.999999, NULL},
    {"training", "weight_decay", VALUE_NUMBER, AT(trainer.optimiser.weight_decay), 0, 10, NULL},
    {"training", "clip_norm", VALUE_NUMBER, AT(trainer.optimiser.clip_norm), 0, 1e9, NULL},
    {"training", "schedule", VALUE_WORD, AT(trainer.optimiser.schedule), 0, 0, schedule_words},
    {"training", "warm_up_steps", VALUE_LONG, AT(trainer.optimiser.warm_up_steps), 0, 1e12, NULL},
    {"training", "step_steps", VALUE_LONG, AT(trainer.optimiser.step_steps), 1, 1e12, NULL},
    {"training", "step_factor", VALUE_NUMBER, AT(trainer.optimiser.step_factor), 1e-6, 1, NULL},
    {"training", "average_decay", VALUE_NUMBER, AT(trainer.optimiser.average_decay), 0, 0.999999, NULL},
    {"training", "cross_entropy", VALUE_NUMBER, AT(trainer.loss.cross_entropy), 0, 1000, NULL},
    {"training", "dice", VALUE_NUMBER, AT(trainer.loss.dice), 0, 1000, NULL},
    {"training", "focal", VALUE_NUMBER, AT(trainer.loss.focal), 0, 1000, NULL},
    {"training", "focal_gamma", VALUE_NUMBER, AT(trainer.loss.focal_gamma), 1, 10, NULL},
    {"training", "class_weights", VALUE_WEIGHTS, AT(trainer.loss.class_weights), 0, 1e6, NULL},
    {"training", "class_odds", VALUE_WEIGHTS, AT(trainer.class_odds), 1e-3, 1e3, NULL},
    {"augmentation", "dihedral", VALUE_FLAG, AT(augmentation.dihedral), 0, 0, NULL},
    {"augmentation", "rotation_deg", VALUE_RANGE, AT(augmentation.rotation), -360, 360, NULL},
    {"augmentation", "scale", VALUE_RANGE, AT(augmentation.scale), 0.1, 10, NULL},
    {"augmentation", "noise", VALUE_RANGE, AT(augmentation.noise), 0, 1e6, NULL},
    {"augmentation", "gain", VALUE_RANGE, AT(augmentation.gain), 1e-3, 1e3, NULL},
    {"augmentation", "offset", VALUE_RANGE, AT(augmentation.offset), -1e6, 1e6, NULL},
    {"augmentation", "illumination", VALUE_RANGE, AT(augmentation.illumination), 0, 1e6, NULL},
    {"augmentation", "polarity", VALUE_NUMBER, AT(augmentation.polarity), 0, 1, NULL},
    {"augmentation", "blur_px", VALUE_RANGE, AT(augmentation.blur_px), 0, AUGMENTATION_MOST_BLUR_PX, NULL},
    {"augmentation", "flatten", VALUE_RANGE, AT(augmentation.flatten), 0, 1, NULL},
    {"augmentation", "flatten_px", VALUE_RANGE, AT(augmentation.flatten_px), 1, 1000, NULL},
    {"augmentation", "hot_pixels_per_megapixel", VALUE_RANGE, AT(augmentation.hot_pixels), 0, 1e5, NULL},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

const char *train_recipe_normalize_name(enum train_normalize normalize)
{
    return normalize_words[normalize];
}

static void set_defaults(struct train_recipe *recipe)
{
    *recipe = (struct train_recipe){.name = "A network trained with fringe train",
                                    .description = "A network trained with fringe train.",
                                    .license = "CC0-1.0",
                                    .author = "unknown",
                                    .polarity = "",
                                    .validation_share = 0.15,
                                    .simulate_count = 100,
                                    .ignore = -1,
                                    .divide = 1,
                                    .memory_mib = 4096,
                                    .batch = 4,
                                    .crop_px = 256,
                                    .epochs = 20,
                                    .steps_per_epoch = 100};
    architecture_init(&recipe->trainer.architecture);
    loss_settings_init(&recipe->trainer.loss);
    optimiser_settings_init(&recipe->trainer.optimiser);
    augmentation_settings_init(&recipe->augmentation);
}

static fringe_status read_number(const struct text_tree *tree, const struct text_node *node,
                                 const struct row *row, double *value, fringe_error *error)
{
    char text[3][NUMBER_TEXT_BYTES];
    if (!text_tree_number(node, value))
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "'%s' is not a number",
                               node ? node->text : "");
    if (*value >= row->lowest && *value <= row->highest) return FRINGE_OK;
    return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%s is not in %s to %s",
                           number_text(*value, 6, text[0]), number_text(row->lowest, 6, text[1]),
                           number_text(row->highest, 6, text[2]));
}

static fringe_status read_whole(const struct text_tree *tree, const struct text_node *node,
                                const struct row *row, double *value, fringe_error *error)
{
    fringe_status status = read_number(tree, node, row, value, error);
    if (!status && *value != floor(*value))
        status = text_tree_wrong(tree, node, FRINGE_FORMAT, error, "'%s' is not a whole number", node->text);
    return status;
}

static fringe_status read_range(const struct text_tree *tree, const struct text_node *node,
                                const struct row *row, struct augmentation_range *range, fringe_error *error)
{
    if (node->kind != TEXT_LIST) {
        fringe_status status = read_number(tree, node, row, &range->low, error);
        range->high = range->low;
        return status;
    }
    if (node->count != 2)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "a list of %zu, not [lowest, highest]",
                               node->count);
    fringe_status status = read_number(tree, node->first, row, &range->low, error);
    if (!status) status = read_number(tree, node->first->next, row, &range->high, error);
    if (!status && range->low > range->high)
        status = text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%s is above %s", node->first->text,
                                 node->first->next->text);
    return status;
}

static fringe_status read_text(const struct text_tree *tree, const struct text_node *node, const char **text,
                               fringe_error *error)
{
    if (node->kind != TEXT_SCALAR || !*node->text)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "is not a text");
    *text = node->text;
    return FRINGE_OK;
}

static fringe_status read_texts(const struct text_tree *tree, const struct text_node *node,
                                struct train_texts *texts, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    texts->count = 0;
    if (node->kind == TEXT_SCALAR) return read_text(tree, node, &texts->items[texts->count++], error);
    if (node->kind != TEXT_LIST || node->count < 1 || node->count > TRAIN_RECIPE_MOST_TEXTS)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%zu values are not 1 to %d texts",
                               node->count, TRAIN_RECIPE_MOST_TEXTS);
    for (const struct text_node *item = node->first; item && !status; item = item->next)
        status = read_text(tree, item, &texts->items[texts->count++], error);
    return status;
}

/* A list of 1 to `most` numbers, whole ones where asked. */
static fringe_status read_numbers(const struct text_tree *tree, const struct text_node *node,
                                  const struct row *row, int whole, size_t most, double *values,
                                  size_t *count, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    if (node->kind != TEXT_LIST || node->count < 1 || node->count > most)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "not a list of 1 to %zu numbers", most);
    *count = 0;
    for (const struct text_node *item = node->first; item && !status; item = item->next) {
        double *value = &values[(*count)++];
        status =
            whole ? read_whole(tree, item, row, value, error) : read_number(tree, item, row, value, error);
    }
    return status;
}

static fringe_status read_word(const struct text_tree *tree, const struct text_node *node,
                               const struct row *row, int *value, fringe_error *error)
{
    char list[128] = "";
    for (int i = 0; row->words[i]; i++) {
        if (node->kind == TEXT_SCALAR && !strcmp(row->words[i], node->text)) {
            *value = i;
            return FRINGE_OK;
        }
        strcat(strcat(list, i ? ", " : ""), row->words[i]);
    }
    return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "'%s' is none of %s", node->text, list);
}

static fringe_status read_widths(const struct text_tree *tree, const struct text_node *node,
                                 const struct row *row, struct architecture *architecture,
                                 fringe_error *error)
{
    double widths[ARCHITECTURE_MOST_LEVELS];
    size_t count;
    fringe_status status = read_numbers(tree, node, row, 1, ARCHITECTURE_MOST_LEVELS, widths, &count, error);
    if (status) return status;
    for (size_t i = 0; i < count; i++) architecture->widths[i] = (int32_t)widths[i];
    architecture->levels = (int32_t)count;
    return FRINGE_OK;
}

static fringe_status read_value(const struct text_tree *tree, const struct text_node *node,
                                const struct row *row, struct train_recipe *recipe, fringe_error *error)
{
    int unused;
    size_t count;
    double number = 0;
    void *at = row->offset == NOWHERE ? (void *)&unused : (char *)recipe + row->offset;
    fringe_status status = FRINGE_OK;
    switch (row->kind) {
    case VALUE_TEXT:
        return read_text(tree, node, at, error);
    case VALUE_TEXTS:
        return read_texts(tree, node, at, error);
    case VALUE_WORD:
        return read_word(tree, node, row, at, error);
    case VALUE_NUMBER:
        return read_number(tree, node, row, at, error);
    case VALUE_RANGE:
        return read_range(tree, node, row, at, error);
    case VALUE_WHOLE:
        status = read_whole(tree, node, row, &number, error);
        if (!status) *(int32_t *)at = (int32_t)number;
        return status;
    case VALUE_LONG:
        status = read_whole(tree, node, row, &number, error);
        if (!status) *(int64_t *)at = (int64_t)number;
        return status;
    case VALUE_FLAG:
        if (text_tree_flag(node, at)) return FRINGE_OK;
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "'%s' is neither true nor false",
                               node->text);
    case VALUE_CLASSES:
        return read_numbers(tree, node, row, 1, ARCHITECTURE_MOST_CLASSES, at, &recipe->class_count, error);
    case VALUE_WEIGHTS:
        return read_numbers(tree, node, row, 0, ARCHITECTURE_MOST_CLASSES, at, &count, error);
    case VALUE_WIDTHS:
        return read_widths(tree, node, row, &recipe->trainer.architecture, error);
    }
    return status;
}

/* A value of the top, or one inside of a section. */
static fringe_status read_key(const struct text_tree *tree, const char *section, const struct text_node *node,
                              struct train_recipe *recipe, fringe_error *error)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (!strcmp(rows[i].section, section) && !strcmp(rows[i].key, node->key))
            return read_value(tree, node, &rows[i], recipe, error);
    return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "there is no such key in a recipe");
}

static int is_section(const char *key)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (!strcmp(rows[i].section, key)) return 1;
    return 0;
}

static fringe_status read_tree(struct train_recipe *recipe, fringe_error *error)
{
    const struct text_tree *tree = recipe->tree;
    const struct text_node *root = text_tree_root(tree);
    fringe_status status = FRINGE_OK;
    if (root->kind != TEXT_MAP)
        return text_tree_wrong(tree, root, FRINGE_FORMAT, error, "a recipe is a map of keys");
    for (const struct text_node *node = root->first; node && !status; node = node->next) {
        if (!is_section(node->key)) {
            status = read_key(tree, "", node, recipe, error);
            continue;
        }
        if (node->kind != TEXT_MAP)
            status = text_tree_wrong(tree, node, FRINGE_FORMAT, error, "is not a map of keys");
        for (const struct text_node *item = node->first; item && !status; item = item->next)
            status = read_key(tree, node->key, item, recipe, error);
    }
    return status;
}

/* What single values cannot tell: that they fit together. */
static fringe_status check_together(struct train_recipe *recipe, fringe_error *error)
{
    const struct text_tree *tree = recipe->tree;
    const struct text_node *root = text_tree_root(tree), *data = text_tree_find(root, "data");
    struct architecture *architecture = &recipe->trainer.architecture;
    const struct text_node *classes = text_tree_find(text_tree_find(root, "network"), "classes");
    if (!data)
        return text_tree_wrong(tree, root, FRINGE_FORMAT, error, "the recipe says nothing of its data");
    if (!recipe->train.count == !(recipe->preset || recipe->recipe) || (recipe->preset && recipe->recipe))
        return text_tree_wrong(
            tree, data, FRINGE_FORMAT, error,
            "exactly one of train, simulate_preset and simulate_recipe says where images are from");
    if (recipe->class_count && classes && architecture->classes != (int32_t)recipe->class_count)
        return text_tree_wrong(tree, classes, FRINGE_FORMAT, error, "%d classes, data.classes has %zu",
                               (int)architecture->classes, recipe->class_count);
    if (recipe->class_count) architecture->classes = (int32_t)recipe->class_count;
    if (recipe->class_names.count && recipe->class_names.count != (size_t)architecture->classes)
        return text_tree_wrong(tree, text_tree_find(data, "class_names"), FRINGE_FORMAT, error,
                               "%zu names for %d classes", recipe->class_names.count,
                               (int)architecture->classes);
    for (int i = 0; i < ROW_COUNT; i++) {
        const struct text_node *of_classes =
            rows[i].kind == VALUE_WEIGHTS ? text_tree_find(text_tree_find(root, rows[i].section), rows[i].key)
                                          : NULL;
        if (of_classes && of_classes->count != (size_t)architecture->classes)
            return text_tree_wrong(tree, of_classes, FRINGE_FORMAT, error, "%zu numbers for %d classes",
                                   of_classes->count, (int)architecture->classes);
    }
    for (size_t k = 0; k < recipe->class_count; k++)
        for (size_t other = 0; other < k; other++)
            if (recipe->classes[k] == recipe->classes[other])
                return text_tree_wrong(tree, text_tree_find(data, "classes"), FRINGE_FORMAT, error,
                                       "classes %zu and %zu have the same label value %d", other, k,
                                       (int)recipe->classes[k]);
    if (recipe->normalize != TRAIN_FIXED &&
        (text_tree_find(data, "subtract") || text_tree_find(data, "divide")))
        return text_tree_wrong(tree, data, FRINGE_FORMAT, error, "subtract and divide need normalize: fixed");
    recipe->gain = 1 / recipe->divide;
    recipe->shift = -recipe->subtract / recipe->divide;
    recipe->augmentation.standardised = recipe->normalize == TRAIN_ZSCORE;
    recipe->trainer.seed = (uint64_t)recipe->seed;
    fringe_status status = architecture_check(architecture, error);
    if (!status) status = loss_settings_check(&recipe->trainer.loss, architecture->classes, error);
    if (!status) status = optimiser_settings_check(&recipe->trainer.optimiser, error);
    if (!status && recipe->crop_px % (1 << (architecture->levels - 1)))
        status =
            failure_set(error, FRINGE_FORMAT, "crop_px: %d is not a multiple of %d, which %d levels need",
                        (int)recipe->crop_px, 1 << (architecture->levels - 1), (int)architecture->levels);
    return status;
}

fringe_status train_recipe_read(const char *path, struct train_recipe *recipe, fringe_error *error)
{
    set_defaults(recipe);
    fringe_status status =
        file_read_all(path, TEXT_TREE_MOST_BYTES, &recipe->bytes, &recipe->byte_count, error);
    if (status) return status;
    digest_bytes(recipe->bytes, recipe->byte_count, recipe->sha256);
    recipe->folder = path_directory(path);
    if (!recipe->folder) return failure_memory(error, path, strlen(path));
    status = yaml_read(recipe->bytes, recipe->byte_count, path, &recipe->tree, error);
    if (!status) status = read_tree(recipe, error);
    if (status) return status;
    status = check_together(recipe, error);
    if (status && error && !strstr(error->message, path)) failure_prefix(error, status, "%s: ", path);
    return status;
}

void train_recipe_clear(struct train_recipe *recipe)
{
    text_tree_free(recipe->tree);
    alloc_free(recipe->folder);
    alloc_free(recipe->bytes);
    *recipe = (struct train_recipe){0};
}
