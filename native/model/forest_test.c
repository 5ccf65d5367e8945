#include "model/forest_test.h"

#include "base/alloc.h"
#include "base/failure.h"
#include "forest/forest_predict.h"
#include "io/npy_read.h"
#include "model/comparison.h"
#include "model/forest_package.h"
#include "model/package_files.h"

enum { NPY_LIMIT_BYTES = 1 << 30 };

/* Reads a tensor of `columns` columns; its rows are `rows`, or what it has where that is -1. */
static fringe_status read_table(struct package_files *files, const struct forest_package *package,
                                const char *name, int64_t rows, int64_t columns, struct tensor *table,
                                fringe_error *error)
{
    struct npy_read_array array = {0};
    unsigned char *bytes = NULL;
    size_t size = 0;
    fringe_status status = package_files_read(files, name, NPY_LIMIT_BYTES, &bytes, &size, error);
    if (!status) status = npy_read(bytes, size, name, &array, error);
    if (!status && (array.rank != 2 || array.count < 1))
        status = failure_set(error, FRINGE_MODEL, "%s: %s has %d axes and %lld values, not rows of %lld",
                             package->path, name, array.rank, (long long)array.count, (long long)columns);
    if (!status && (array.dims[1] != columns || (rows >= 0 && array.dims[0] != rows)))
        status = failure_set(error, FRINGE_MODEL, "%s: %s has %lld rows of %lld values, not %lld of %lld",
                             package->path, name, (long long)array.dims[0], (long long)array.dims[1],
                             (long long)(rows >= 0 ? rows : array.dims[0]), (long long)columns);
    if (!status) status = tensor_set_shape(table, TENSOR_FLOAT32, 2, array.dims, name, error);
    if (!status) status = tensor_allocate(table, error);
    for (int64_t i = 0; i < array.count && !status; i++) ((float *)table->data)[i] = array.values[i];
    alloc_free(bytes);
    alloc_free(array.values);
    return status;
}

fringe_status forest_test_run(const char *path, const fringe_run *run, fringe_model_check *check,
                              fringe_error *error)
{
    struct forest_package *package = NULL;
    struct package_files *files = NULL;
    struct tensor input = {0}, output = {0}, expected = {0};
    fringe_status status = forest_package_read(path, &package, error);
    if (status) return status;
    const struct forest *forest = package->forest;
    if (!*package->test_input || !*package->test_output) {
        status = failure_set(error, FRINGE_MODEL, "%s: has no test tensors", package->path);
        goto done;
    }
    status = package_files_open(package->path, &files, error);
    if (!status)
        status = read_table(files, package, package->test_input, -1, forest->feature_count, &input, error);
    if (!status)
        status = read_table(files, package, package->test_output, input.dims[0], forest->class_count,
                            &expected, error);
    if (!status)
        status = tensor_set_shape(&output, TENSOR_FLOAT32, 2, expected.dims, package->test_output, error);
    if (!status) status = tensor_allocate(&output, error);
    if (!status) status = forest_predict(forest, input.data, (size_t)input.dims[0], run, output.data, error);
    if (status) goto done;
    check->case_count++;
    status = comparison_run(&(struct comparison){check, 0, path}, "probabilities", &output, &expected, error);
done:
    tensor_clear(&input);
    tensor_clear(&output);
    tensor_clear(&expected);
    package_files_close(files);
    forest_package_free(package);
    return status;
}
