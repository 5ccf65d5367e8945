/* yaml_read.h - YAML 1.1 and 1.2 as a text tree. The only user of libyaml.
 *
 * Refused: anchors and aliases (ten nested ones unfold to gigabytes), keys that are no scalars, a key that
 * stands twice, a second document. Tags are passed over.
 */
#ifndef TEXT_YAML_READ_H
#define TEXT_YAML_READ_H

#include "text/text_tree.h"

/* Reads `size` bytes; `name` stands in messages. The caller frees *tree with text_tree_free. FRINGE_FORMAT
 * with line and column; FRINGE_MEMORY. */
fringe_status yaml_read(const void *bytes, size_t size, const char *name, struct text_tree **tree,
                        fringe_error *error);

#endif
