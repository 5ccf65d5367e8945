/* fuzz_jpeg.c - any bytes as a JPEG file. */
#include "image_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    image_target_feed(&jpeg_read_format, bytes, size);
    return 0;
}
