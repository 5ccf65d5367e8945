/* bench_forest.c - how long a forest takes to grow and to answer, and how often it is right.
 *
 *     bench_forest TRAIN.npy TEST.npy TREES THREADS SEED [histogram|exact [MODEL.onnx]]
 *
 * Tables are (N, F + 1) float32, the class (0, 1, ...) in the last column. Prints the seconds of processor
 * time of all threads, with those of the clock in brackets. tests/bench/run_forest.sh lets scikit-learn do
 * the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "forest/forest_grow.h"
#include "forest/forest_onnx.h"
#include "forest/forest_predict.h"
#include "io/npy_read.h"

static void read_table(const char *path, struct forest_table *table)
{
    struct npy_read_array array;
    unsigned char *bytes;
    size_t size;
    fringe_error error;
    if (file_read_all(path, (size_t)1 << 31, &bytes, &size, &error) ||
        npy_read(bytes, size, path, &array, &error) || array.rank != 2) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    alloc_free(bytes);
    size_t rows = (size_t)array.dims[0], features = (size_t)array.dims[1] - 1;
    uint16_t *classes = malloc(rows * sizeof *classes);
    for (size_t i = 0; i < rows; i++) {
        classes[i] = (uint16_t)array.values[i * (features + 1) + features];
        if (classes[i] >= table->class_count) table->class_count = classes[i] + 1u;
        memmove(array.values + i * features, array.values + i * (features + 1), features * sizeof(float));
    }
    table->values = array.values;
    table->classes = classes;
    table->row_count = rows;
    table->feature_count = (uint32_t)features;
}

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    struct forest_settings settings;
    struct forest_table train = {0}, test = {0};
    struct forest *forest;
    fringe_run *run;
    fringe_error error;
    if (argc < 6 || fringe_run_create(atoi(argv[4]), &run, NULL)) return 2;
    read_table(argv[1], &train);
    read_table(argv[2], &test);
    forest_settings_init(&settings);
    settings.tree_count = (uint32_t)atoi(argv[3]);
    settings.seed = (uint64_t)atoi(argv[5]);
    settings.splits = argc > 6 && !strcmp(argv[6], "exact") ? FOREST_EXACT : FOREST_HISTOGRAM;
    double cpu = cpu_seconds(), wall = clock_ms();
    if (train.class_count > 10 || forest_grow(&settings, &train, names, run, &forest, NULL, &error)) return 1;
    double grown_cpu = cpu_seconds(), grown_wall = clock_ms();
    float *probabilities = malloc(test.row_count * forest->class_count * sizeof *probabilities);
    if (forest_predict(forest, test.values, test.row_count, run, probabilities, &error)) return 1;
    double done_cpu = cpu_seconds(), done_wall = clock_ms();
    size_t right = 0;
    for (size_t i = 0; i < test.row_count; i++)
        right += forest_predict_class(forest, probabilities + i * forest->class_count) == test.classes[i];
    printf("fringe: fit %.3f (%.3f) s, predict %.3f (%.3f) s, accuracy %.5f\n", grown_cpu - cpu,
           (grown_wall - wall) / 1e3, done_cpu - grown_cpu, (done_wall - grown_wall) / 1e3,
           (double)right / (double)test.row_count);
    if (argc > 7 && forest_onnx_write(argv[7], forest, &error)) return 1;
    free(probabilities);
    forest_free(forest);
    fringe_run_free(run);
    return 0;
}
