#include "text/text_tree.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/utf8.h"

/* Room for every node and text that the limits of the header allow: those are met first. */
enum { ARENA_LIMIT_BYTES = 16 * TEXT_TREE_MOST_BYTES };

/* A node while it is being built: its last child, so that adding takes no search. */
struct built_node {
    struct text_node node;
    struct built_node *last;
    int depth;
};

struct text_tree {
    const char *name;
    struct arena *arena;
    struct built_node *root;
    size_t node_count;
};

fringe_status text_tree_create(const char *name, struct text_tree **tree, fringe_error *error)
{
    *tree = alloc_array(1, sizeof **tree);
    if (*tree) (*tree)->arena = arena_create(ARENA_LIMIT_BYTES);
    if (*tree && (*tree)->arena) (*tree)->name = arena_text((*tree)->arena, name, strlen(name));
    if (*tree && (*tree)->name) return FRINGE_OK;
    text_tree_free(*tree);
    *tree = NULL;
    return failure_memory(error, name, sizeof **tree);
}

void text_tree_free(struct text_tree *tree)
{
    if (!tree) return;
    arena_free(tree->arena);
    alloc_free(tree);
}

const struct text_node *text_tree_root(const struct text_tree *tree)
{
    static const struct text_node nothing = {.text = "", .key = ""};
    return tree->root ? &tree->root->node : &nothing;
}

/* A text of the file that is fit to be handed out. */
static fringe_status take_text(struct text_tree *tree, const struct text_node *at, const char *text,
                               size_t length, const char **copy, fringe_error *error)
{
    *copy = "";
    if (!text || length == 0) return FRINGE_OK;
    if (memchr(text, 0, length))
        return text_tree_wrong(tree, at, FRINGE_FORMAT, error, "NUL at byte %zu of a text of %zu",
                               strlen(text), length);
    size_t valid = utf8_valid_bytes(text, length);
    if (valid < length)
        return text_tree_wrong(tree, at, FRINGE_FORMAT, error, "not UTF-8 at byte %zu of a text of %zu",
                               valid, length);
    *copy = arena_text(tree->arena, text, length);
    return *copy ? FRINGE_OK : failure_memory(error, tree->name, length);
}

/* The tree's limits are held here and nowhere else, whatever the format. */
fringe_status text_tree_add(struct text_tree *tree, struct text_node *above, const struct text_node *content,
                            const char *key, size_t key_length, const char *text, size_t text_length,
                            struct text_node **added, fringe_error *error)
{
    struct built_node *parent = (struct built_node *)above; /* the node is its first member */
    int depth = parent ? parent->depth + 1 : 0;
    if (tree->node_count == TEXT_TREE_MOST_NODES)
        return text_tree_wrong(tree, content, FRINGE_FORMAT, error, "more than the %d entries allowed",
                               TEXT_TREE_MOST_NODES);
    if (depth > TEXT_TREE_MOST_DEPTH)
        return text_tree_wrong(tree, content, FRINGE_FORMAT, error, "nested %d deep, %d are allowed", depth,
                               TEXT_TREE_MOST_DEPTH);
    struct built_node *built = arena_array(tree->arena, 1, sizeof *built);
    if (!built) return failure_memory(error, tree->name, sizeof *built);
    built->node = *content;
    built->depth = depth;
    fringe_status status = take_text(tree, content, key, key_length, &built->node.key, error);
    if (!status) status = take_text(tree, content, text, text_length, &built->node.text, error);
    if (status) return status;
    tree->node_count++;
    built->node.above = above;
    if (!parent) {
        tree->root = built;
    } else {
        if (parent->last)
            parent->last->node.next = &built->node;
        else
            parent->node.first = &built->node;
        parent->last = built;
        parent->node.count++;
    }
    *added = &built->node;
    return FRINGE_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct text_node *const *left = a, *const *right = b;
    return strcmp((*left)->key, (*right)->key);
}

/* Sorted, since a map may have as many keys as the tree has nodes. */
fringe_status text_tree_close_map(struct text_tree *tree, const struct text_node *map, fringe_error *error)
{
    if (map->count < 2) return FRINGE_OK;
    const struct text_node **children = alloc_array(map->count, sizeof *children);
    if (!children) return failure_memory(error, tree->name, map->count * sizeof *children);
    fringe_status status = FRINGE_OK;
    size_t count = 0;
    for (const struct text_node *child = map->first; child; child = child->next) children[count++] = child;
    qsort(children, count, sizeof *children, by_key);
    for (size_t i = 1; i < count && !status; i++)
        if (strcmp(children[i - 1]->key, children[i]->key) == 0)
            status = text_tree_wrong(tree, children[i], FRINGE_FORMAT, error, "stands twice in its map");
    alloc_free(children);
    return status;
}

const struct text_node *text_tree_find(const struct text_node *node, const char *key)
{
    if (!node || node->kind != TEXT_MAP) return NULL;
    const struct text_node *child = node->first;
    while (child && strcmp(child->key, key) != 0) child = child->next;
    return child;
}

const struct text_node *text_tree_item(const struct text_node *node, size_t index)
{
    if (!node || node->kind != TEXT_LIST || index >= node->count) return NULL;
    const struct text_node *child = node->first;
    while (index-- > 0) child = child->next;
    return child;
}

int text_tree_is_null(const struct text_node *node)
{
    if (!node) return 1;
    if (node->kind != TEXT_SCALAR || node->quoted) return 0;
    return !*node->text || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0;
}

const char *text_tree_text(const struct text_node *node, const char *key, const char *fallback)
{
    const struct text_node *child = text_tree_find(node, key);
    return text_tree_is_null(child) || child->kind != TEXT_SCALAR ? fallback : child->text;
}

/* "" for what is no plain scalar: no number and no flag reads so. */
static const char *plain_text(const struct text_node *node)
{
    return node && node->kind == TEXT_SCALAR && !node->quoted ? node->text : "";
}

int text_tree_number(const struct text_node *node, double *value)
{
    const char *text = plain_text(node), *size = text + (*text == '-' || *text == '+');
    if (strcmp(size, ".inf") == 0 || strcmp(size, ".Inf") == 0 || strcmp(size, ".INF") == 0) {
        *value = *text == '-' ? -INFINITY : INFINITY;
        return 1;
    }
    if (strcmp(text, ".nan") == 0 || strcmp(text, ".NaN") == 0 || strcmp(text, ".NAN") == 0) {
        *value = NAN;
        return 1;
    }
    return number_parse_all(text, value);
}

int text_tree_integer(const struct text_node *node, int64_t *value)
{
    return number_parse_integer(plain_text(node), value);
}

int text_tree_flag(const struct text_node *node, int *value)
{
    const char *text = plain_text(node);
    int yes = strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "TRUE") == 0;
    int no = strcmp(text, "false") == 0 || strcmp(text, "False") == 0 || strcmp(text, "FALSE") == 0;
    if (!yes && !no) return 0;
    *value = yes;
    return 1;
}

/* Writes "inputs[0].axes" for a node; the front is cut where `text` is too short. */
static void write_path(const struct text_node *node, char *text, size_t size)
{
    char *begin = text + size - 1;
    *begin = 0;
    for (; node && node->above; node = node->above) {
        char part[80];
        if (node->above->kind == TEXT_LIST) {
            size_t index = 0;
            for (const struct text_node *p = node->above->first; p && p != node; p = p->next) index++;
            snprintf(part, sizeof part, "[%zu]", index);
        } else {
            snprintf(part, sizeof part, "%s%.60s", node->above->above ? "." : "", node->key);
        }
        size_t length = strlen(part);
        if (length > (size_t)(begin - text)) break;
        begin -= length;
        memcpy(begin, part, length);
    }
    memmove(text, begin, strlen(begin) + 1);
}

fringe_status text_tree_wrong(const struct text_tree *tree, const struct text_node *node,
                              fringe_status status, fringe_error *error, const char *format, ...)
{
    if (!error) return status;
    char words[FRINGE_ERROR_BYTES], path[256] = "", place[64] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (node) write_path(node, path, sizeof path);
    if (node && node->line > 0)
        snprintf(place, sizeof place, "line %d, column %d: ", node->line, node->column);
    return failure_set(error, status, "%s: %s%s%s%s", tree->name, place, path, *path ? ": " : "", words);
}
