/* fuzz_forest.c - any bytes as an ONNX file of a forest; what can be read answers for rows with NaN and
 * infinity.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "forest/forest_onnx.h"
#include "forest/forest_predict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { ROWS = 17 }; /* one group that falls together and one row that falls alone */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static fringe_run *run; /* one for all inputs: threads take longer to start than most files to read */
    struct onnx_model *model;
    struct forest *forest;
    fringe_error error;
    if (!run && fringe_run_create(1, &run, NULL)) abort();
    if (onnx_model_parse(bytes, size, "input", &model, &error)) return 0;
    if (!forest_onnx_read(model, "input", &forest, &error)) {
        float *values = calloc(ROWS * (size_t)forest->feature_count, sizeof *values);
        float *probabilities = calloc(ROWS * (size_t)forest->class_count, sizeof *probabilities);
        if (!values || !probabilities) abort();
        values[0] = INFINITY;
        values[(ROWS - 1) * (size_t)forest->feature_count] = NAN;
        if (forest_predict(forest, values, ROWS, run, probabilities, &error)) abort();
        free(values);
        free(probabilities);
        forest_free(forest);
    }
    onnx_model_free(model);
    return 0;
}
