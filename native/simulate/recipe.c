#include "simulate/recipe.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "fringe/simulate.h"
#include "fringe/version.h"
#include "text/yaml_read.h"

static const struct recipe_row {
    const char *name;
    enum recipe_stage stage;
    enum recipe_kind kind;
    double low, high, lowest, highest;
} rows[RECIPE_KEY_COUNT] = {
#define RECIPE_ROW(name, stage, kind, low, high, lowest, highest)                                            \
    {#name, stage, kind, low, high, lowest, highest},
    RECIPE_LIST(RECIPE_ROW)
#undef RECIPE_ROW
};

/* A preset is what a recipe file would say, and what it makes. */
static const struct {
    const char *name, *purpose;
    enum recipe_subject subject;
    const char *text;
} presets[] = {
    {"hrtem", "every material, shape, microscope and dose", RECIPE_MICROGRAPH, "{}"},
    {"hrtem-corrected", "aberration-corrected microscopes alone", RECIPE_MICROGRAPH, "corrected: 1\n"},
    {"hrtem-uncorrected", "microscopes without corrector: delocalised fringes", RECIPE_MICROGRAPH,
     "corrected: 0\n"},
    {"hrtem-faults", "faulted and multiply twinned crystals seen along their planes, in little time",
     RECIPE_MICROGRAPH,
     "exposures_per_wave: 2\nwave_pixel_nm: 0.025\nslice_nm: 0.3\nphonon_count: 3\n"
     "materials: [Au, Ag, Cu, Pd, Pt, CdTe, ZnSe, CdSe, ZnS]\n"
     "shapes: [sphere, polyhedron, irregular, decahedron, icosahedron]\nfaulted: 0.7\non_zone: 0.9\n"
     "fault_zone: 0.75\n"
     "diameter_nm: [2.5, 9]\nsize_spread: [0, 0.2]\nparticle_count: [1, 5]\nempty: 0\n"},
    {"hrtem-small", "one image in a second or two: for a first look", RECIPE_MICROGRAPH,
     "size_px: 256\npixel_size_nm: 0.025\nphonon_count: 2\nsupport_nm: [2, 4]\nparticle_count: [1, 2]\n"
     "diameter_nm: [2, 3.5]\nsize_spread: 0\nempty: 0\n"},
    /* Waves are computed on 0.03 nm (to 11 per nm) and slices of 0.4 nm, which a network that looks at 0.05
     * nm per pixel cannot tell from finer ones, and serve four images each: thirty times as many per minute.
     * Pixels finer than 0.02 nm would show it no more, only less of the specimen. */
    {"hrtem-particles-training", "many and various images in little time: for the particle network",
     RECIPE_MICROGRAPH,
     "size_px: 384\npixel_size_nm: [0.02, 0.08]\n"
     "exposures_per_wave: 4\nwave_pixel_nm: 0.03\nslice_nm: 0.4\nphonon_count: 2\nparticle_count: [1, 14]\n"
     "empty: 0.03\ndiameter_nm: [1, 12]\nsupport: 0.92\nsupport_variation: [0, 0.5]\nhole: "
     "0.2\ncontamination_nm: [0.5, "
     "5]\n"
     "touching: 0.3\noverlapping: 0.2\nfocal_spread_nm: [0.5, 8]\nillumination: [0, 0.4]\ndiffuse: [0, 0.4]\n"
     "mtf_at_nyquist: [0.05, 0.9]\n"},
    {"battery-sem", "sections of a battery electrode: SE and BSE, 2 or 3 phases", RECIPE_SECTION, "{}"},
    {"nano-ct", "tomograms of a battery electrode: rings, noise, blur", RECIPE_TOMOGRAM,
     "size_px: 128\nvoxel_size_nm: [50, 400]\nphase_count: 3\ngrain_px: [15, 40]\nnoise: [0.05, 0.4]\n"},
};

enum { PRESET_COUNT = sizeof presets / sizeof *presets };

const char *fringe_simulate_preset_name(int index)
{
    return index >= 0 && index < PRESET_COUNT ? presets[index].name : NULL;
}

const char *fringe_simulate_preset_purpose(int index)
{
    return index >= 0 && index < PRESET_COUNT ? presets[index].purpose : NULL;
}

const char *recipe_key_name(enum recipe_key key)
{
    return rows[key].name;
}

enum recipe_stage recipe_key_stage(enum recipe_key key)
{
    return rows[key].stage;
}

static int is_of_subject(enum recipe_subject subject, enum recipe_stage stage)
{
    switch (stage) {
    case STAGE_ANY:
        return 1;
    case STAGE_ELECTRODE:
        return subject != RECIPE_MICROGRAPH;
    case STAGE_SECTION:
        return subject == RECIPE_SECTION;
    case STAGE_TOMOGRAM:
        return subject == RECIPE_TOMOGRAM;
    default:
        return subject == RECIPE_MICROGRAPH;
    }
}

int recipe_key_is_column(enum recipe_subject subject, enum recipe_key key)
{
    return rows[key].stage != STAGE_PARTICLE && is_of_subject(subject, rows[key].stage);
}

double recipe_draw(const struct recipe *recipe, enum recipe_key key, struct rng *rng)
{
    struct recipe_range range = recipe->ranges[key];
    switch (rows[key].kind) {
    case RECIPE_LOG:
        return rng_log_uniform(rng, range.low, range.high);
    case RECIPE_WHOLE:
        return range.low + rng_below(rng, (uint32_t)(range.high - range.low) + 1);
    case RECIPE_CHANCE:
        return rng_unit(rng) < range.low;
    case RECIPE_FIXED:
        return range.low;
    default:
        return rng_uniform(rng, range.low, range.high);
    }
}

void recipe_draw_stage(const struct recipe *recipe, enum recipe_stage stage, struct rng *rng,
                       double values[RECIPE_KEY_COUNT])
{
    for (int key = 0; key < RECIPE_KEY_COUNT; key++)
        if (rows[key].stage == stage) values[key] = recipe_draw(recipe, (enum recipe_key)key, rng);
}

static void set_defaults(struct recipe *recipe)
{
    for (int i = 0; i < RECIPE_KEY_COUNT; i++)
        recipe->ranges[i] = (struct recipe_range){rows[i].low, rows[i].high};
    recipe->material_count = PHASE_COUNT;
    for (int i = 0; i < PHASE_COUNT; i++) recipe->materials[i] = i;
    recipe->subject = RECIPE_MICROGRAPH;
    recipe->shape_count = GRAIN_SHAPE_COUNT;
    for (int i = 0; i < GRAIN_SHAPE_COUNT; i++) recipe->shapes[i] = (enum grain_shape)i;
}

static fringe_status read_range(const struct text_tree *tree, const struct text_node *node,
                                const struct recipe_row *row, struct recipe_range *range, fringe_error *error)
{
    double low, high;
    int single = row->kind == RECIPE_CHANCE || row->kind == RECIPE_FIXED;
    int whole = row->kind == RECIPE_WHOLE || row->kind == RECIPE_FIXED;
    if (text_tree_number(node, &low)) {
        high = low;
    } else if (single || node->kind != TEXT_LIST || node->count != 2 ||
               !text_tree_number(node->first, &low) || !text_tree_number(node->first->next, &high)) {
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "not a number%s",
                               single ? "" : " or [lowest, highest]");
    }
    if (!(low <= high && low >= row->lowest && high <= row->highest) ||
        (whole && (floor(low) != low || floor(high) != high))) {
        char text[4][NUMBER_TEXT_BYTES];
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%s to %s is no range%s within %s to %s",
                               number_text(low, 6, text[0]), number_text(high, 6, text[1]),
                               whole ? " of whole numbers" : "", number_text(row->lowest, 6, text[2]),
                               number_text(row->highest, 6, text[3]));
    }
    *range = (struct recipe_range){low, high};
    return FRINGE_OK;
}

static int find_shape(const char *name)
{
    for (int i = 0; i < GRAIN_SHAPE_COUNT; i++)
        if (!strcmp(grain_shape_name((enum grain_shape)i), name)) return i;
    return -1;
}

/* A list of 1 to `most` names, each looked up by `find`. */
static fringe_status read_names(const struct text_tree *tree, const struct text_node *node,
                                int (*find)(const char *), size_t most, int *found, int *count,
                                fringe_error *error)
{
    if (node->kind != TEXT_LIST || node->count < 1 || node->count > most)
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "not a list of 1 to %zu names", most);
    *count = 0;
    for (const struct text_node *item = node->first; item; item = item->next) {
        int index = item->kind == TEXT_SCALAR ? find(item->text) : -1;
        if (index < 0)
            return text_tree_wrong(tree, item, FRINGE_FORMAT, error, "'%s' is not known", item->text);
        found[(*count)++] = index;
    }
    return FRINGE_OK;
}

static fringe_status apply_key(const struct text_tree *tree, const struct text_node *node,
                               struct recipe *recipe, fringe_error *error)
{
    if (!strcmp(node->key, "preset")) return FRINGE_OK; /* read before the others */
    if (!strcmp(node->key, "materials"))
        return read_names(tree, node, phase_find, PHASE_COUNT, recipe->materials, &recipe->material_count,
                          error);
    if (!strcmp(node->key, "shapes")) {
        int shapes[GRAIN_SHAPE_COUNT];
        fringe_status status =
            read_names(tree, node, find_shape, GRAIN_SHAPE_COUNT, shapes, &recipe->shape_count, error);
        for (int i = 0; !status && i < recipe->shape_count; i++)
            recipe->shapes[i] = (enum grain_shape)shapes[i];
        return status;
    }
    for (int i = 0; i < RECIPE_KEY_COUNT; i++)
        if (!strcmp(rows[i].name, node->key) && !is_of_subject(recipe->subject, rows[i].stage))
            return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "nothing that this recipe makes has it");
        else if (!strcmp(rows[i].name, node->key))
            return read_range(tree, node, rows + i, recipe->ranges + i, error);
    return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "there is no such key in a recipe");
}

static fringe_status apply_text(const void *bytes, size_t size, const char *name, struct recipe *recipe,
                                fringe_error *error)
{
    struct text_tree *tree = NULL;
    fringe_status status = yaml_read(bytes, size, name, &tree, error);
    if (status) return status;
    const struct text_node *root = text_tree_root(tree);
    if (root->kind != TEXT_MAP)
        status = text_tree_wrong(tree, root, FRINGE_FORMAT, error, "a recipe is a map of keys");
    const char *preset = text_tree_text(root, "preset", NULL);
    if (!status && preset) status = recipe_preset(preset, recipe, error);
    for (const struct text_node *node = root->first; node && !status; node = node->next)
        status = apply_key(tree, node, recipe, error);
    text_tree_free(tree);
    return status;
}

fringe_status recipe_preset(const char *name, struct recipe *recipe, fringe_error *error)
{
    set_defaults(recipe);
    for (int i = 0; i < PRESET_COUNT; i++)
        if (!strcmp(presets[i].name, name)) {
            recipe->subject = presets[i].subject;
            return apply_text(presets[i].text, strlen(presets[i].text), name, recipe, error);
        }
    char known[FRINGE_ERROR_BYTES / 2] = "";
    for (int i = 0; i < PRESET_COUNT; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", presets[i].name);
    }
    return failure_set(error, FRINGE_ARGUMENT, "there is no preset '%s'; there are %s", name, known);
}

fringe_status recipe_read(const char *path, struct recipe *recipe, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    set_defaults(recipe);
    fringe_status status = file_read_all(path, TEXT_TREE_MOST_BYTES, &bytes, &size, error);
    if (!status) status = apply_text(bytes, size, path, recipe, error);
    alloc_free(bytes);
    return status;
}

/* Goes on with the digest of what was said before. */
static void add_to_digest(char text[DIGEST_TEXT_BYTES], const char *name, double low, double high)
{
    char line[DIGEST_TEXT_BYTES + 64 + 2 * NUMBER_TEXT_BYTES], numbers[2][NUMBER_TEXT_BYTES];
    snprintf(line, sizeof line, "%s %.60s %s %s", text, name, number_text_exact(low, numbers[0]),
             number_text_exact(high, numbers[1]));
    digest_bytes(line, strlen(line), text);
}

void recipe_digest(const struct recipe *recipe, char text[DIGEST_TEXT_BYTES])
{
    digest_bytes(fringe_version(), strlen(fringe_version()), text);
    add_to_digest(text, "subject", recipe->subject, recipe->subject);
    for (int i = 0; i < RECIPE_KEY_COUNT; i++)
        if (is_of_subject(recipe->subject, rows[i].stage))
            add_to_digest(text, rows[i].name, recipe->ranges[i].low, recipe->ranges[i].high);
    for (int i = 0; i < recipe->material_count; i++)
        add_to_digest(text, phase_get(recipe->materials[i])->name, i, i);
    for (int i = 0; i < recipe->shape_count; i++)
        add_to_digest(text, grain_shape_name(recipe->shapes[i]), i, i);
}
