#include "simulate/recipe.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "fringe/simulate.h"
#include "text/yaml_read.h"

static const struct recipe_row {
    const char *name;
    enum recipe_kind kind;
    double low, high, lowest, highest;
} rows[RECIPE_KEY_COUNT] = {
#define RECIPE_ROW(name, kind, low, high, lowest, highest) {#name, kind, low, high, lowest, highest},
    RECIPE_LIST(RECIPE_ROW)
#undef RECIPE_ROW
};

/* A preset is what a recipe file would say. */
static const struct {
    const char *name, *purpose, *text;
} presets[] = {
    {"hrtem", "every material, shape, microscope and dose: for training", "{}"},
    {"hrtem-corrected", "aberration-corrected microscopes alone", "corrected: 1\n"},
    {"hrtem-uncorrected", "microscopes without corrector: delocalised fringes", "corrected: 0\n"},
    {"hrtem-faults", "faulted crystals seen along their planes",
     "materials: [Au, Ag, Pd, Pt, CdTe, CdSe, ZnS]\nshapes: [sphere, polyhedron]\nfaulted: 0.8\non_zone: 1\n"
     "diameter_nm: [3, 9]\nparticle_count: [1, 4]\n"},
    {"hrtem-small", "one image in a second or two: for a first look",
     "size_px: 256\npixel_size_nm: 0.025\nphonon_count: 2\nsupport_nm: [2, 4]\nparticle_count: [1, 2]\n"
     "diameter_nm: [2, 3.5]\n"},
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

enum recipe_kind recipe_key_kind(enum recipe_key key)
{
    return rows[key].kind;
}

static void set_defaults(struct recipe *recipe)
{
    for (int i = 0; i < RECIPE_KEY_COUNT; i++)
        recipe->ranges[i] = (struct recipe_range){rows[i].low, rows[i].high};
    recipe->material_count = PHASE_COUNT;
    for (int i = 0; i < PHASE_COUNT; i++) recipe->materials[i] = i;
    recipe->shape_count = 5;
    for (int i = 0; i < 5; i++) recipe->shapes[i] = (enum grain_shape)i;
}

static fringe_status read_range(const struct text_tree *tree, const struct text_node *node,
                                const struct recipe_row *row, struct recipe_range *range, fringe_error *error)
{
    double low, high;
    if (text_tree_number(node, &low)) {
        high = low;
    } else if (row->kind == RECIPE_CHANCE || node->kind != TEXT_LIST || node->count != 2 ||
               !text_tree_number(node->first, &low) || !text_tree_number(node->first->next, &high)) {
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "not a number%s",
                               row->kind == RECIPE_CHANCE ? "" : " or [lowest, highest]");
    }
    if (!(low <= high && low >= row->lowest && high <= row->highest) ||
        (row->kind == RECIPE_WHOLE && (floor(low) != low || floor(high) != high))) {
        char text[4][NUMBER_TEXT_BYTES];
        return text_tree_wrong(tree, node, FRINGE_FORMAT, error, "%s to %s is no range%s within %s to %s",
                               number_text(low, 6, text[0]), number_text(high, 6, text[1]),
                               row->kind == RECIPE_WHOLE ? " of whole numbers" : "",
                               number_text(row->lowest, 6, text[2]), number_text(row->highest, 6, text[3]));
    }
    *range = (struct recipe_range){low, high};
    return FRINGE_OK;
}

static int find_shape(const char *name)
{
    for (int i = 0; i < 5; i++)
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
        int shapes[5];
        fringe_status status = read_names(tree, node, find_shape, 5, shapes, &recipe->shape_count, error);
        for (int i = 0; !status && i < recipe->shape_count; i++)
            recipe->shapes[i] = (enum grain_shape)shapes[i];
        return status;
    }
    for (int i = 0; i < RECIPE_KEY_COUNT; i++)
        if (!strcmp(rows[i].name, node->key))
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
        if (!strcmp(presets[i].name, name))
            return apply_text(presets[i].text, strlen(presets[i].text), name, recipe, error);
    return failure_set(error, FRINGE_ARGUMENT, "there is no preset '%s'", name);
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
