/* fuzz_package.c - any bytes as the description of a network that lies beside it. */
#include <stdint.h>

#include "model/package.h"
#include "support/model_folder.h"
#include "support/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* y = relu(x), images of one channel. */
static void make_folder(void)
{
    struct wire model = wire_one_node("Relu", 4, (int64_t[]){1, 1, -1, -1});
    model_folder_make();
    atexit(model_folder_remove);
    model_folder_write("net.onnx", model.bytes, model.size);
    free(model.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct package *package;
    fringe_error error;
    if (!*model_folder) make_folder();
    model_folder_write("bioimageio.yaml", bytes, size);
    if (!package_read(model_folder, NULL, &package, &error)) package_free(package);
    return 0;
}
