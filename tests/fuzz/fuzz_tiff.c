/* fuzz_tiff.c - any bytes as a TIFF file. */
#include "image_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    image_target_feed(&tiff_read_format, bytes, size);
    return 0;
}
