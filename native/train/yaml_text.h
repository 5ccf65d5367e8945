/* yaml_text.h - texts of a recipe or a table in a description that is written. */
#ifndef TRAIN_YAML_TEXT_H
#define TRAIN_YAML_TEXT_H

#include <stdio.h>

/* `before` as it is, then `text` (UTF-8) in double quotes as YAML reads it, whatever it holds, and the end of
 * the line. */
void yaml_text_put(FILE *stream, const char *before, const char *text);

#endif
