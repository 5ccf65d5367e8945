/* dice_results.c - does each network find what results.csv says it finds?
 *
 *     dice_results RESULTS.csv ROOT DATA           one test per row, as TAP without numbers
 *     dice_results RESULTS.csv ROOT DATA print     the table anew, for a change that is meant
 *
 * A row names a network, a micrograph, its truth, the micrograph's pixel size (0: its calibration), the pixel
 * size to work at (0: the network's) and the Dice coefficient of the mask and the truth over all pixels.
 * Paths that exist under ROOT (the repository) are taken from there, others from DATA, the folder of
 * FRINGE_DATA; where that is absent its rows are skipped. A difference above TOLERANCE fails: the
 * instruction paths differ in the last bits of a probability, and so in single pixels of a mask.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fringe/fringe.h"

enum { LINE_BYTES = 1024, PATH_BYTES = 4096 };
#define TOLERANCE 0.0006 /* one unit of the last digit printed, and a few pixels of the smallest panel */

struct row {
    char network[256], micrograph[256], truth[256];
    double nm_per_px, work_nm_per_px, dice;
};

/* The network of the row before, since rows of one network stand together. */
struct loaded {
    char path[PATH_BYTES];
    fringe_model *model;
};

static int exists(const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (stream) fclose(stream);
    return stream != NULL;
}

static int locate(const char *const folders[2], const char *name, char path[PATH_BYTES])
{
    for (int i = 0; i < 2; i++) {
        snprintf(path, PATH_BYTES, "%s/%s", folders[i], name);
        if (exists(path)) return 1;
    }
    return 0;
}

static fringe_status read_truth(const char *path, size_t pixels, float *truth, fringe_error *error)
{
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    fringe_status status = fringe_micrograph_open(path, NULL, &micrograph, error);
    if (status) return status;
    fringe_micrograph_get_info(micrograph, &info);
    if ((size_t)info.width_px * (size_t)info.height_px == pixels) {
        status = fringe_micrograph_read(micrograph, 0, 0, truth, error);
    } else {
        status = FRINGE_MISMATCH;
        snprintf(error->message, sizeof error->message, "%.500s: %d x %d pixels, not %zu in all", path,
                 (int)info.width_px, (int)info.height_px, pixels);
    }
    fringe_micrograph_free(micrograph);
    return status;
}

static double dice_of(const uint8_t *mask, const float *truth, size_t pixels)
{
    size_t both = 0, sum = 0;
    for (size_t i = 0; i < pixels; i++) {
        int found = mask[i] != 0, true_here = truth[i] > 127;
        both += found && true_here;
        sum += (size_t)(found + true_here);
    }
    return sum ? 2 * (double)both / (double)sum : 1;
}

static fringe_status compute(struct loaded *loaded, const char *network, const char *image,
                             const char *truth_path, struct row *row, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    fringe_micrograph *micrograph = NULL;
    fringe_segmentation result = {0};
    fringe_segment_options options;
    float *truth = NULL;
    if (strcmp(loaded->path, network) != 0) {
        fringe_model_free(loaded->model);
        loaded->model = NULL;
        loaded->path[0] = 0;
        status = fringe_model_load(network, NULL, &loaded->model, error);
        if (status) return status;
        snprintf(loaded->path, sizeof loaded->path, "%s", network);
    }
    fringe_segment_options_init(&options);
    options.pixel_size_nm = row->nm_per_px;
    options.resample_nm = row->work_nm_per_px;
    if ((status = fringe_micrograph_open(image, NULL, &micrograph, error))) goto done;
    if ((status = fringe_segment(loaded->model, micrograph, 0, &options, NULL, &result, error))) goto done;
    if (result.kind != FRINGE_SEGMENT_MASK) {
        status = FRINGE_MISMATCH;
        snprintf(error->message, sizeof error->message, "%.500s: gives no mask", network);
        goto done;
    }
    size_t pixels = (size_t)result.width_px * (size_t)result.height_px;
    truth = calloc(pixels, sizeof *truth);
    if (!truth) {
        status = FRINGE_MEMORY;
        goto done;
    }
    if ((status = read_truth(truth_path, pixels, truth, error))) goto done;
    row->dice = dice_of(result.labels, truth, pixels);
done:
    free(truth);
    fringe_segmentation_free(&result);
    fringe_micrograph_free(micrograph);
    return status;
}

int main(int count, char **words)
{
    if (count < 4) {
        fprintf(stderr, "usage: dice_results RESULTS.csv ROOT DATA [print]\n");
        return 2;
    }
    const char *const folders[2] = {words[2], words[3]};
    const int print = count > 4;
    FILE *table = fopen(words[1], "r");
    char line[LINE_BYTES], network[PATH_BYTES], image[PATH_BYTES], truth[PATH_BYTES];
    struct loaded loaded = {0};
    int tests = 0, failures = 0;
    if (!table || !fgets(line, sizeof line, table)) {
        fprintf(stderr, "%s: cannot be read\n", words[1]);
        return 2;
    }
    if (print) fputs(line, stdout);
    while (fgets(line, sizeof line, table)) {
        struct row row;
        if (sscanf(line, "%255[^,],%255[^,],%255[^,],%lf,%lf,%lf", row.network, row.micrograph, row.truth,
                   &row.nm_per_px, &row.work_nm_per_px, &row.dice) != 6) {
            fprintf(stderr, "%s: not a row: %s", words[1], line);
            return 2;
        }
        const double committed = row.dice;
        char name[600];
        const char *slash = strrchr(row.network, '/');
        snprintf(name, sizeof name, "%s:%s", slash ? slash + 1 : row.network, row.micrograph);
        tests++;
        int found = locate(folders, row.network, network) && locate(folders, row.micrograph, image) &&
                    locate(folders, row.truth, truth);
        fringe_error error = {0};
        fringe_status status = found ? compute(&loaded, network, image, truth, &row, &error) : FRINGE_OK;
        if (print) {
            printf("%s,%s,%s,%g,%g,%.4f\n", row.network, row.micrograph, row.truth, row.nm_per_px,
                   row.work_nm_per_px, row.dice);
        } else if (!found && !exists(folders[1])) {
            printf("ok - %s # SKIP FRINGE_DATA absent\n", name);
        } else if (!found || status || fabs(row.dice - committed) > TOLERANCE) {
            printf("not ok - %s\n", name);
            failures++;
        } else {
            printf("ok - %s\n", name);
        }
        fflush(stdout);
        if (!found)
            fprintf(stderr, "%s: a file of this row is missing\n", name);
        else if (status)
            fprintf(stderr, "%s: %s\n", name, error.message);
        else if (!print && fabs(row.dice - committed) > TOLERANCE)
            fprintf(stderr, "%s: Dice %.4f, not %.4f\n", name, row.dice, committed);
    }
    if (!print) printf("1..%d\n", tests);
    fclose(table);
    fringe_model_free(loaded.model);
    return failures > 0;
}
