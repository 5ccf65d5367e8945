#include "analyze/batch_texts.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

fringe_status batch_texts_add(struct batch_texts *texts, char *text, fringe_error *error)
{
    char **grown = text ? alloc_resize(texts->items, texts->count + 1, sizeof *grown) : NULL;
    if (!grown) {
        alloc_free(text);
        return failure_memory(error, "list of texts", (texts->count + 1) * sizeof *grown);
    }
    texts->items = grown;
    texts->items[texts->count++] = text;
    return FRINGE_OK;
}

int batch_texts_contain(const struct batch_texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (!strcmp(texts->items[i], text)) return 1;
    return 0;
}

void batch_texts_free(struct batch_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) alloc_free(texts->items[i]);
    alloc_free(texts->items);
    *texts = (struct batch_texts){0};
}
