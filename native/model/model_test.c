/* model_test.c - a package's own test tensors through the whole path: preparation, network, completion. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "io/npy_read.h"
#include "model/backend_test.h"
#include "model/comparison.h"
#include "model/forest_package.h"
#include "model/forest_test.h"
#include "model/loaded_model.h"
#include "model/model_find.h"

enum { NPY_LIMIT_BYTES = 1 << 30, RANK = 4 };

/* Arrays of one test, (N, C, H, W). */
struct test_case {
    const fringe_model *model;
    const fringe_run *run;
    struct tensor input, output, expected;
};

/* Turns an array with a tensor's own axes into (N, C, H, W); axes that it lacks have length 1. */
static fringe_status turn(const struct npy_read_array *array, const struct package_tensor *tensor,
                          struct tensor *turned, fringe_error *error)
{
    const int axes[RANK] = {tensor->batch_axis, tensor->channel_axis, tensor->y_axis, tensor->x_axis};
    int64_t strides[NPY_READ_MOST_DIMS + 1], step[RANK], dims[RANK], next = 0;
    strides[array->rank] = 1;
    for (int i = array->rank; i-- > 0;) strides[i] = strides[i + 1] * array->dims[i];
    for (int k = 0; k < RANK; k++) {
        dims[k] = axes[k] < 0 ? 1 : array->dims[axes[k]];
        step[k] = axes[k] < 0 ? 0 : strides[axes[k] + 1];
    }
    fringe_status status = tensor_set_shape(turned, TENSOR_FLOAT32, RANK, dims, tensor->test_file, error);
    if (!status) status = tensor_allocate(turned, error);
    if (status) return status;
    float *to = turned->data;
    for (int64_t n = 0; n < dims[0]; n++)
        for (int64_t c = 0; c < dims[1]; c++)
            for (int64_t y = 0; y < dims[2]; y++)
                for (int64_t x = 0; x < dims[3]; x++)
                    to[next++] = array->values[n * step[0] + c * step[1] + y * step[2] + x * step[3]];
    return FRINGE_OK;
}

/* Reads a test tensor in its own layout. */
static fringe_status read_array(const struct package *package, const struct package_tensor *tensor,
                                struct tensor *turned, fringe_error *error)
{
    struct npy_read_array array = {0};
    unsigned char *bytes = NULL;
    size_t size = 0;
    if (!*tensor->test_file)
        return failure_set(error, FRINGE_MODEL, "%s: '%s' has no test tensor", package->path, tensor->name);
    fringe_status status =
        package_files_read(package->files, tensor->test_file, NPY_LIMIT_BYTES, &bytes, &size, error);
    if (!status) status = npy_read(bytes, size, tensor->test_file, &array, error);
    if (!status && array.rank != tensor->rank)
        status = failure_set(error, FRINGE_MODEL, "%s: %s has %d axes, '%s' has %d", package->path,
                             tensor->test_file, array.rank, tensor->name, tensor->rank);
    if (!status) status = turn(&array, tensor, turned, error);
    alloc_free(bytes);
    alloc_free(array.values);
    return status;
}

/* One sample of the batch: its planes begin here. */
struct sample {
    const struct test_case *test;
    const float *in;
    float *out;
};

/* Copies rows of planes between two layouts; strides count floats. */
static void copy_rows(const float *from, size_t from_plane, size_t from_row, float *to, size_t to_plane,
                      size_t to_row, int64_t planes, int64_t rows, int64_t width)
{
    for (int64_t c = 0; c < planes; c++)
        for (int64_t y = 0; y < rows; y++)
            memcpy(to + (size_t)c * to_plane + (size_t)y * to_row,
                   from + (size_t)c * from_plane + (size_t)y * from_row, (size_t)width * sizeof(float));
}

static fringe_status give_rows(void *user, size_t input, int64_t row_begin, int64_t row_end, float *to,
                               size_t plane_stride, size_t row_stride, fringe_error *error)
{
    const struct sample *sample = user;
    const int64_t *dims = sample->test->input.dims;
    (void)input, (void)error;
    copy_rows(sample->in + row_begin * dims[3], (size_t)(dims[2] * dims[3]), (size_t)dims[3], to,
              plane_stride, row_stride, dims[1], row_end - row_begin, dims[3]);
    return FRINGE_OK;
}

static fringe_status take_rows(void *user, size_t output, int64_t row_begin, int64_t row_end,
                               const float *from, size_t plane_stride, size_t row_stride, fringe_error *error)
{
    const struct sample *sample = user;
    const int64_t *dims = sample->test->output.dims;
    (void)error;
    if (output == 0)
        copy_rows(from, plane_stride, row_stride, sample->out + row_begin * dims[3],
                  (size_t)(dims[2] * dims[3]), (size_t)dims[3], dims[1], row_end - row_begin, dims[3]);
    return FRINGE_OK;
}

/* Prepares, runs and completes one sample, in place in the test's arrays. */
static fringe_status run_sample(struct test_case *test, const struct network *network,
                                struct network_workspace *workspace, int64_t n, fringe_error *error)
{
    const struct package_tensor *input = test->model->input, *output = test->model->output;
    const int64_t *in = test->input.dims, *out = test->output.dims;
    size_t in_pixels = (size_t)(in[2] * in[3]), out_pixels = (size_t)(out[2] * out[3]);
    float *planes = (float *)test->input.data + (size_t)(n * in[1]) * in_pixels;
    float *result = (float *)test->output.data + (size_t)(n * out[1]) * out_pixels;
    struct sample sample = {test, planes, result};
    struct plane_summary *summaries = alloc_array((size_t)in[1], sizeof *summaries);
    fringe_status status =
        summaries ? FRINGE_OK : failure_memory(error, "test", (size_t)in[1] * sizeof *summaries);
    for (int64_t c = 0; c < in[1] && !status; c++)
        status = plane_statistics_summarise(planes + (size_t)c * in_pixels, in_pixels, test->run,
                                            &summaries[c], error);
    if (!status)
        status = preparation_apply(input->steps, input->step_count,
                                   &(struct preparation_sample){.planes = planes,
                                                                .channel_count = (size_t)in[1],
                                                                .pixel_count = in_pixels,
                                                                .plane_stride = in_pixels,
                                                                .run = test->run},
                                   error);
    if (!status) status = network_run(network, workspace, give_rows, take_rows, &sample, test->run, error);
    if (!status)
        status = preparation_apply(output->steps, output->step_count,
                                   &(struct preparation_sample){.planes = result,
                                                                .channel_count = (size_t)out[1],
                                                                .pixel_count = out_pixels,
                                                                .plane_stride = out_pixels,
                                                                .input = summaries,
                                                                .input_count = (size_t)in[1],
                                                                .run = test->run},
                                   error);
    alloc_free(summaries);
    return status;
}

/* Runs through network_run, band by band, as micrographs are: a test of the dense operators alone would prove
 * little. */
static fringe_status run_case(struct test_case *test, fringe_error *error)
{
    struct network *network = NULL;
    struct network_workspace *workspace = NULL;
    const struct package *package = test->model->package;
    const struct tensor *shape;
    int64_t dims[RANK];
    if (test->input.dims[1] != test->model->input->channel_count)
        return failure_set(error, FRINGE_MODEL, "%s: %s has %lld channels, the network takes %lld",
                           package->path, test->model->input->test_file, (long long)test->input.dims[1],
                           (long long)test->model->input->channel_count);
    fringe_status status = loaded_model_compile(test->model, test->input.dims[2], test->input.dims[3], 0,
                                                test->run, &network, error);
    if (!status) status = network_workspace_create(network, fringe_run_threads(test->run), &workspace, error);
    if (status) goto done;
    shape = network_output(network, 0);
    if (shape->rank != RANK || shape->type != TENSOR_FLOAT32) {
        status = failure_set(error, FRINGE_UNSUPPORTED, "%s: output '%s' is no image of floats",
                             package->path, test->model->output->name);
        goto done;
    }
    memcpy(dims, shape->dims, sizeof dims);
    dims[0] = test->input.dims[0]; /* the network runs sample by sample */
    status = tensor_set_shape(&test->output, TENSOR_FLOAT32, RANK, dims, test->model->output->name, error);
    if (!status) status = tensor_allocate(&test->output, error);
    for (int64_t n = 0; n < dims[0] && !status; n++) {
        run_state_span(test->run, (double)n / (double)dims[0], (double)(n + 1) / (double)dims[0]);
        status = run_sample(test, network, workspace, n, error);
    }
done:
    network_workspace_free(workspace);
    network_free(network);
    return status;
}

/* The tolerances are the package's; a package without test tensors proves nothing, and so is no success. */
static fringe_status test_package(const char *path, const fringe_run *run, fringe_model_check *check,
                                  fringe_error *error)
{
    fringe_model *model = NULL;
    struct test_case test = {.run = run};
    fringe_status status = fringe_model_load(path, run, &model, error);
    if (status) return status;
    const struct package *package = model->package;
    test.model = model;
    if (!package->files) {
        status = failure_set(error, FRINGE_MODEL, "%s: a bare .onnx file has no test tensors", path);
        goto done;
    }
    status = read_array(package, model->input, &test.input, error);
    if (!status) status = read_array(package, model->output, &test.expected, error);
    if (!status) status = run_case(&test, error);
    if (status) goto done;
    check->case_count = 1;
    check->relative_tolerance = package->relative_tolerance;
    check->absolute_tolerance = package->absolute_tolerance;
    status = comparison_run(&(struct comparison){check, package->mismatches_per_million, path},
                            model->output->name, &test.output, &test.expected, error);
done:
    tensor_clear(&test.input);
    tensor_clear(&test.output);
    tensor_clear(&test.expected);
    fringe_model_free(model);
    return status;
}

fringe_status fringe_model_test(const char *path_or_name, const fringe_run *run, fringe_model_check *check,
                                fringe_error *error)
{
    fringe_model_check counted = {.relative_tolerance = 1e-3, .absolute_tolerance = 1e-3};
    const fringe_run *used = NULL;
    char *path = NULL;
    fringe_status status = run_state_enter(run, &used, error);
    if (!status) status = model_find(path_or_name, &path, error);
    if (!status)
        status = backend_test_recognise(path)     ? backend_test_run(path, used, &counted, error)
                 : forest_package_recognise(path) ? forest_test_run(path, used, &counted, error)
                                                  : test_package(path, used, &counted, error);
    if (check) *check = counted;
    alloc_free(path);
    run_state_leave(run, used);
    return status;
}
