/* fuzz_json.c - any bytes as JSON. */
#include <stdint.h>

#include "text/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text_tree *tree;
    fringe_error error;
    if (!json_read(bytes, size, "input", &tree, &error)) text_tree_free(tree);
    return 0;
}
