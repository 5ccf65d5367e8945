/* fuzz_yaml.c - any bytes as YAML. */
#include <stdint.h>

#include "text/yaml_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct text_tree *tree;
    fringe_error error;
    if (!yaml_read(bytes, size, "input", &tree, &error)) text_tree_free(tree);
    return 0;
}
