#include "train/forest_recipe.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "faults/fault_features.h"
#include "text/yaml_read.h"

enum kind {
    KIND_TEXT,  /* const char * */
    KIND_TEXTS, /* const char *const *, and its count in the size_t behind it */
    KIND_WORD,  /* an enumeration: index in words */
    KIND_WHOLE, /* uint32_t */
    KIND_LONG,  /* 64 bits */
    KIND_SHARE, /* double above 0, at most 1 */
    KIND_FLAG,  /* int */
    KIND_READ   /* read before the others */
};

static const char *const criterion_words[] = {"gini", "entropy", NULL};
static const char *const splits_words[] = {"histogram", "exact", NULL};
static const char *const draw_words[] = {"sqrt", "log2", "all", NULL};
static const char *const balance_words[] = {"none", "balanced", "each-tree", NULL};

#define AT(member) offsetof(struct forest_recipe, member)
static const struct row {
    const char *section, *key; /* section "" at the top */
    enum kind kind;
    size_t offset;
    int64_t lowest, highest;
    const char *const *words;
} rows[] = {
    {"", "kind", KIND_READ, 0, 0, 0, NULL},
    {"", "name", KIND_TEXT, AT(name), 0, 0, NULL},
    {"", "description", KIND_TEXT, AT(description), 0, 0, NULL},
    {"", "license", KIND_TEXT, AT(license), 0, 0, NULL},
    {"", "author", KIND_TEXT, AT(author), 0, 0, NULL},
    {"data", "table", KIND_TEXT, AT(table), 0, 0, NULL},
    {"data", "crops", KIND_TEXT, AT(crops), 0, 0, NULL},
    {"data", "label", KIND_TEXT, AT(columns.label), 0, 0, NULL},
    {"data", "features", KIND_TEXTS, AT(columns.features), 0, 0, NULL},
    {"data", "ignore", KIND_TEXTS, AT(columns.ignored), 0, 0, NULL},
    {"data", "version", KIND_LONG, AT(feature_version), 1, INT32_MAX, NULL},
    {"forest", "trees", KIND_WHOLE, AT(settings.tree_count), 1, 100000, NULL},
    {"forest", "criterion", KIND_WORD, AT(settings.criterion), 0, 0, criterion_words},
    {"forest", "splits", KIND_WORD, AT(settings.splits), 0, 0, splits_words},
    {"forest", "draw", KIND_WORD, AT(settings.draw), 0, 0, draw_words},
    {"forest", "bootstrap", KIND_FLAG, AT(settings.bootstrap), 0, 0, NULL},
    {"forest", "balance", KIND_WORD, AT(settings.balance), 0, 0, balance_words},
    {"forest", "depth", KIND_WHOLE, AT(settings.most_depth), 0, INT32_MAX, NULL},
    {"forest", "least_split", KIND_WHOLE, AT(settings.least_split), 2, INT32_MAX, NULL},
    {"forest", "least_leaf", KIND_WHOLE, AT(settings.least_leaf), 1, INT32_MAX, NULL},
    {"forest", "seed", KIND_LONG, AT(settings.seed), 0, INT64_MAX, NULL},
    {"forest", "calibrate", KIND_FLAG, AT(calibrate), 0, 0, NULL},
    {"boost", "rounds", KIND_WHOLE, AT(boost.round_count), 1, 100000, NULL},
    {"boost", "rate", KIND_SHARE, AT(boost.rate), 0, 0, NULL},
    {"boost", "leaves", KIND_WHOLE, AT(boost.leaf_count), 2, 65536, NULL},
    {"boost", "least_leaf", KIND_WHOLE, AT(boost.least_leaf), 1, INT32_MAX, NULL},
    {"boost", "draw", KIND_SHARE, AT(boost.draw_share), 0, 0, NULL},
    {"boost", "seed", KIND_LONG, AT(boost.seed), 0, INT64_MAX, NULL},
};
_Static_assert(offsetof(struct forest_columns, feature_count) ==
                       offsetof(struct forest_columns, features) + sizeof(void *) &&
                   offsetof(struct forest_columns, ignored_count) ==
                       offsetof(struct forest_columns, ignored) + sizeof(void *),
               "counts stand behind their lists");

static fringe_status read_texts(struct forest_recipe *recipe, const struct text_node *node, size_t *used,
                                void *to, fringe_error *error)
{
    if (node->kind != TEXT_LIST || node->count == 0)
        return text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error, "is no list of names");
    const char **names = recipe->names + *used;
    for (const struct text_node *item = node->first; item; item = item->next)
        recipe->names[(*used)++] = item->text;
    memcpy(to, &names, sizeof names);
    memcpy((char *)to + sizeof names, &node->count, sizeof node->count);
    return FRINGE_OK;
}

static fringe_status read_word(const struct forest_recipe *recipe, const struct text_node *node,
                               const char *const *words, void *to, fringe_error *error)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], node->text) == 0) {
            memcpy(to, &i, sizeof i);
            return FRINGE_OK;
        }
    return text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error,
                           "'%.40s' is not known; '%s' is one word for it", node->text, words[0]);
}

static fringe_status read_share(const struct forest_recipe *recipe, const struct text_node *node, double *to,
                                fringe_error *error)
{
    if (text_tree_number(node, to) && *to > 0 && *to <= 1) return FRINGE_OK;
    return text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error,
                           "'%.40s' is no number above 0 and at most 1", node->text);
}

static fringe_status read_value(struct forest_recipe *recipe, const struct row *row,
                                const struct text_node *node, size_t *used, fringe_error *error)
{
    void *to = (char *)recipe + row->offset;
    int64_t whole;
    switch (row->kind) {
    case KIND_READ:
        return FRINGE_OK;
    case KIND_TEXTS:
        return read_texts(recipe, node, used, to, error);
    case KIND_WORD:
        return read_word(recipe, node, row->words, to, error);
    case KIND_TEXT:
        if (node->kind != TEXT_SCALAR || !*node->text)
            return text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error, "is no text");
        memcpy(to, &node->text, sizeof node->text);
        return FRINGE_OK;
    case KIND_FLAG:
        if (text_tree_flag(node, to)) return FRINGE_OK;
        return text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error, "'%.40s' is neither true nor false",
                               node->text);
    case KIND_SHARE:
        return read_share(recipe, node, to, error);
    case KIND_WHOLE:
    case KIND_LONG:
        break;
    }
    if (!text_tree_integer(node, &whole) || whole < row->lowest || whole > row->highest)
        return text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error,
                               "'%.40s' is no whole number from %lld to %lld", node->text,
                               (long long)row->lowest, (long long)row->highest);
    uint32_t small = (uint32_t)whole;
    if (row->kind == KIND_WHOLE)
        memcpy(to, &small, sizeof small);
    else
        memcpy(to, &whole, sizeof whole);
    return FRINGE_OK;
}

static fringe_status read_section(struct forest_recipe *recipe, const struct text_node *map,
                                  const char *section, size_t *used, fringe_error *error)
{
    for (const struct text_node *node = map->first; node; node = node->next) {
        const struct row *row = NULL;
        fringe_status status;
        if (node->kind == TEXT_MAP && !*section &&
            (!strcmp(node->key, "data") || !strcmp(node->key, "forest") || !strcmp(node->key, "boost"))) {
            status =
                read_section(recipe, node, node->key, used, error); /* those have no sections below them */
        } else {
            for (size_t i = 0; i < sizeof rows / sizeof *rows && !row; i++)
                if (!strcmp(rows[i].section, section) && !strcmp(rows[i].key, node->key)) row = &rows[i];
            status = row ? read_value(recipe, row, node, used, error)
                         : text_tree_wrong(recipe->tree, node, FRINGE_FORMAT, error,
                                           "there is no such key in a forest's recipe");
        }
        if (status) return status;
    }
    return FRINGE_OK;
}

static void set_defaults(struct forest_recipe *recipe)
{
    *recipe = (struct forest_recipe){.name = "Forest",
                                     .description = "A forest of decision trees.",
                                     .license = "BSD-2-Clause",
                                     .author = "unknown",
                                     .calibrate = 1};
    forest_settings_init(&recipe->settings);
    recipe->settings.tree_count = 500;
    forest_boost_settings_init(&recipe->boost);
}

/* Rows come from a table or from crops; of crops Fringe knows the classes and the features' version. */
static fringe_status check_data(const char *path, struct forest_recipe *recipe, fringe_error *error)
{
    if (!recipe->table == !recipe->crops)
        return failure_set(error, FRINGE_FORMAT, "%s: one of data.table and data.crops is needed, not %s",
                           path, recipe->table ? "both" : "none");
    if (recipe->crops && (recipe->columns.label || recipe->feature_version))
        return failure_set(error, FRINGE_FORMAT, "%s: data.%s is a table's: data.crops has none", path,
                           recipe->columns.label ? "label" : "version");
    if (!recipe->columns.label) recipe->columns.label = "class";
    if (!recipe->feature_version) recipe->feature_version = recipe->crops ? FAULT_FEATURES_VERSION : 1;
    return FRINGE_OK;
}

fringe_status forest_recipe_read(const char *path, struct forest_recipe *recipe, int *is_forest,
                                 fringe_error *error)
{
    size_t used = 0;
    *is_forest = 0;
    set_defaults(recipe);
    fringe_status status =
        file_read_all(path, TEXT_TREE_MOST_BYTES, &recipe->bytes, &recipe->byte_count, error);
    if (!status) status = yaml_read(recipe->bytes, recipe->byte_count, path, &recipe->tree, error);
    if (status) return status;
    const struct text_node *root = text_tree_root(recipe->tree);
    if (strcmp(text_tree_text(root, "kind", ""), "forest") != 0) return FRINGE_OK;
    *is_forest = 1;
    digest_bytes(recipe->bytes, recipe->byte_count, recipe->sha256);
    recipe->folder = path_directory(path);
    recipe->names = alloc_array(TEXT_TREE_MOST_NODES, sizeof *recipe->names); /* no file has more */
    if (!recipe->folder || !recipe->names) return failure_memory(error, path, TEXT_TREE_MOST_NODES);
    status = read_section(recipe, root, "", &used, error);
    if (!status) status = check_data(path, recipe, error);
    recipe->is_boosted = text_tree_find(root, "boost") != NULL;
    if (!status && recipe->is_boosted && text_tree_find(root, "forest"))
        status = failure_set(error, FRINGE_FORMAT, "%s: one of forest and boost is needed, not both", path);
    if (!status && !recipe->is_boosted && recipe->calibrate && !recipe->settings.bootstrap)
        status = failure_set(
            error, FRINGE_FORMAT,
            "%s: forest.calibrate needs forest.bootstrap: without it each tree sees all rows", path);
    return status;
}

void forest_recipe_clear(struct forest_recipe *recipe)
{
    text_tree_free(recipe->tree);
    alloc_free(recipe->folder);
    alloc_free(recipe->bytes);
    alloc_free(recipe->names);
    *recipe = (struct forest_recipe){0};
}
