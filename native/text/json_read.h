/* json_read.h - JSON as a text tree. The only user of jansson.
 *
 * The tree knows no places in the file (line 0); damage is reported with line and column.
 */
#ifndef TEXT_JSON_READ_H
#define TEXT_JSON_READ_H

#include "text/text_tree.h"

/* Reads `size` bytes; `name` stands in messages. The caller frees *tree with text_tree_free. A key that
 * stands twice, bytes behind the value, and what is not UTF-8 are FRINGE_FORMAT. */
fringe_status json_read(const void *bytes, size_t size, const char *name, struct text_tree **tree,
                        fringe_error *error);

#endif
