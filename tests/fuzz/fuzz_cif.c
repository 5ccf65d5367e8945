/* fuzz_cif.c - any bytes as a CIF, and the reflections of what it describes. */
#include <stdint.h>

#include "crystal/cif_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cell cell;
    struct reflections reflections;
    fringe_error error;
    if (cif_read((const char *)bytes, size, "input", &cell, &error)) return 0;
    if (!reflections_list(&cell, 8, &reflections, &error)) reflections_clear(&reflections);
    cell_clear(&cell);
    return 0;
}
