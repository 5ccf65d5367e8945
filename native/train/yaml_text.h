/* yaml_text.h - texts of a recipe or a table, and files, in a description that is written. */
#ifndef TRAIN_YAML_TEXT_H
#define TRAIN_YAML_TEXT_H

#include <stdio.h>

#include "fringe/status.h"

/* `before` as it is, then `text` (UTF-8) in double quotes as YAML reads it, whatever it holds, and the end of
 * the line. */
void yaml_text_put(FILE *stream, const char *before, const char *text);

/* `source` and `sha256` of a file of the package: the first stands behind `before`, the other below it. */
fringe_status yaml_text_put_file(FILE *stream, const char *before, const char *directory, const char *name,
                                 fringe_error *error);

#endif
