#include "text/json_read.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/failure.h"
#include "base/number.h"

/* jansson builds its own tree before we see anything of it, 50 times the file for one of empty lists. So
 * entries and levels are counted before it is called. */
static fringe_status check_size(const char *bytes, size_t size, const char *name, fringe_error *error)
{
    size_t entries = 1, deepest = 0, depth = 0;
    int in_text = 0;
    for (size_t i = 0; i < size; i++) {
        char c = bytes[i];
        if (in_text) {
            if (c == '\\') i++;
            if (c == '"') in_text = 0;
            continue;
        }
        if (c == '"') in_text = 1;
        if (c == ',' || c == '[' || c == '{') entries++;
        if (c == '[' || c == '{') depth++;
        if ((c == ']' || c == '}') && depth > 0) depth--;
        if (depth > deepest) deepest = depth;
    }
    if (entries > TEXT_TREE_MOST_NODES)
        return failure_set(error, FRINGE_FORMAT, "%s: %zu entries, at most %d are read", name, entries,
                           TEXT_TREE_MOST_NODES);
    if (deepest > TEXT_TREE_MOST_DEPTH)
        return failure_set(error, FRINGE_FORMAT, "%s: nested %zu deep, %d are allowed", name, deepest,
                           TEXT_TREE_MOST_DEPTH);
    return FRINGE_OK;
}

/* Copies a value of jansson's into the tree, and what is in it. Numbers come as texts again, exact. */
static fringe_status add(struct text_tree *tree, struct text_node *above, const char *key,
                         const json_t *value, fringe_error *error)
{
    struct text_node content = {.kind = TEXT_SCALAR, .text = "", .key = ""}, *added;
    char number[NUMBER_TEXT_BYTES] = "";
    const char *text = number;
    size_t length, index;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        content.kind = TEXT_MAP;
        break;
    case JSON_ARRAY:
        content.kind = TEXT_LIST;
        break;
    case JSON_STRING:
        content.quoted = 1, text = json_string_value(value);
        break;
    case JSON_INTEGER:
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        number_text_exact(json_real_value(value), number);
        break;
    case JSON_TRUE:
        text = "true";
        break;
    case JSON_FALSE:
        text = "false";
        break;
    case JSON_NULL:
        text = "null";
        break;
    }
    length = json_is_string(value) ? json_string_length(value) : strlen(text);
    fringe_status status =
        text_tree_add(tree, above, &content, key, key ? strlen(key) : 0, text, length, &added, error);
    const char *name;
    json_t *child;
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, name, child)
        {
            if (!status) status = add(tree, added, name, child, error);
        }
    } else {
        json_array_foreach(value, index, child)
        {
            if (!status) status = add(tree, added, NULL, child, error);
        }
    }
    return status;
}

fringe_status json_read(const void *bytes, size_t size, const char *name, struct text_tree **tree,
                        fringe_error *error)
{
    json_error_t problem;
    *tree = NULL;
    if (size > TEXT_TREE_MOST_BYTES)
        return failure_set(error, FRINGE_FORMAT, "%s: %zu bytes, at most %d are read", name, size,
                           TEXT_TREE_MOST_BYTES);
    fringe_status status = check_size(bytes, size, name, error);
    if (status) return status;
    json_t *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!root)
        return failure_set(
            error, json_error_code(&problem) == json_error_out_of_memory ? FRINGE_MEMORY : FRINGE_FORMAT,
            "%s: line %d, column %d: %s", name, problem.line, problem.column, problem.text);
    status = text_tree_create(name, tree, error);
    if (!status) status = add(*tree, NULL, NULL, root, error); /* levels are bounded by check_size */
    json_decref(root);
    if (!status) return FRINGE_OK;
    text_tree_free(*tree);
    *tree = NULL;
    return status;
}
