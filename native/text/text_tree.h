/* text_tree.h - what a YAML or JSON file says, as a bounded tree of maps, lists and scalars.
 *
 * The same tree comes out of both formats. Scalars stay texts; whoever asks for a number or a flag says so.
 * Files are hostile: a tree has at most TEXT_TREE_MOST_NODES nodes and TEXT_TREE_MOST_DEPTH levels, and a map
 * holds a key once. Trees are immutable once read; everything lives as long as the tree. Texts are UTF-8
 * without NUL, and never NULL.
 */
#ifndef TEXT_TEXT_TREE_H
#define TEXT_TEXT_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

enum { TEXT_TREE_MOST_BYTES = 8 << 20, TEXT_TREE_MOST_NODES = 200000, TEXT_TREE_MOST_DEPTH = 64 };

enum text_kind { TEXT_SCALAR, TEXT_LIST, TEXT_MAP };

struct text_node {
    enum text_kind kind;
    int quoted;       /* scalar: 1 where it stood in quotes, and so is a text whatever it looks like */
    const char *text; /* scalar: its text; else "" */
    const char *key;  /* its name in the map above, "" in a list or at the root */
    const struct text_node *first, *next; /* first child; next of the same parent, in the file's order */
    const struct text_node *above;        /* NULL at the root */
    size_t count;                         /* of children */
    int line, column;                     /* where it stands, from 1; 0 where the reader does not know */
};

struct text_tree; /* and its root, which is a scalar "" for an empty file */
const struct text_node *text_tree_root(const struct text_tree *tree);

/* NULL is accepted. */
void text_tree_free(struct text_tree *tree);

/* The child of a map by its key, or the item of a list by its index; NULL where there is none, or where node
 * is NULL or no map or list. */
const struct text_node *text_tree_find(const struct text_node *node, const char *key);
const struct text_node *text_tree_item(const struct text_node *node, size_t index);

/* The text of a scalar child by its key, `fallback` where there is none or it is null. */
const char *text_tree_text(const struct text_node *node, const char *key, const char *fallback);

/* 1 for a node that is absent (NULL) or says null: an unquoted empty scalar, "~" or "null". */
int text_tree_is_null(const struct text_node *node);

/* Reads a scalar; 1 on success, 0 otherwise (NULL, not a scalar, quoted, not such a value) with *value
 * untouched. YAML's .inf, -.inf and .nan are numbers. Flags are "true" and "false". */
int text_tree_number(const struct text_node *node, double *value);
int text_tree_integer(const struct text_node *node, int64_t *value);
int text_tree_flag(const struct text_node *node, int *value);

/* A failure about a node: "<name>: line 3, column 5: inputs[0].axes: " and the format's words. node may be
 * NULL: then only the name of the file. */
__attribute__((format(printf, 5, 6))) fringe_status text_tree_wrong(const struct text_tree *tree,
                                                                    const struct text_node *node,
                                                                    fringe_status status, fringe_error *error,
                                                                    const char *format, ...);

/* ---- for the readers of this room ---- */

/* An empty tree; `name` stands in messages. */
fringe_status text_tree_create(const char *name, struct text_tree **tree, fringe_error *error);

/* Adds a node under `above` (NULL: as the root). `key` and `text` may be NULL, and are copied; NUL inside is
 * refused. FRINGE_FORMAT beyond the limits above, with both numbers. */
fringe_status text_tree_add(struct text_tree *tree, struct text_node *above, const struct text_node *content,
                            const char *key, size_t key_length, const char *text, size_t text_length,
                            struct text_node **added, fringe_error *error);

/* Ends a map: a key that stands twice is FRINGE_FORMAT. */
fringe_status text_tree_close_map(struct text_tree *tree, const struct text_node *map, fringe_error *error);

#endif
