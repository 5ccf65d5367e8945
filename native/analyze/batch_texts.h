/* batch_texts.h - a list of texts that grows. */
#ifndef ANALYZE_BATCH_TEXTS_H
#define ANALYZE_BATCH_TEXTS_H

#include <stddef.h>

#include "fringe/status.h"

struct batch_texts {
    char **items;
    size_t count;
};

/* Adds a text, which the list owns from here on, even on failure; NULL (a text that could not be made) gives
 * FRINGE_MEMORY. */
fringe_status batch_texts_add(struct batch_texts *texts, char *text, fringe_error *error);

/* 1 where an equal text is in the list. */
int batch_texts_contain(const struct batch_texts *texts, const char *text);

void batch_texts_free(struct batch_texts *texts);

#endif
