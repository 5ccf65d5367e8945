/* fuzz_onnx.c - any bytes as an ONNX file; what can be read is compiled for a small image. */
#include <stdint.h>
#include <stdlib.h>

#include "fringe/run.h"
#include "nn/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { SIDE_PX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static fringe_run *run; /* one for all inputs: threads take longer to start than most files to read */
    struct onnx_model *model;
    struct network *network;
    fringe_error error;
    if (!run && fringe_run_create(1, &run, NULL)) abort();
    if (onnx_model_parse(bytes, size, "input", &model, &error)) return 0;
    if (!graph_check_operators(model, &error) && model->input_count == 1 &&
        !network_create_for_image(model, 1, SIDE_PX, SIDE_PX, 0, run, &network, &error))
        network_free(network);
    onnx_model_free(model);
    return 0;
}
