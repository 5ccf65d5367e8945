/* segment.c - a micrograph through a network in C, from file to mask.
 *
 *     cc segment.c -lfringe -o segment
 *     ./segment models/hrtem-particles examples/micrographs/simulated-gold-5nm.tif mask.pgm
 *
 * Prints what part of the image is particle and writes the mask of the first slice as a PGM picture.
 */
#include <stdio.h>

#include "fringe/fringe.h"

static void print_progress(void *user, int64_t done, int64_t total)
{
    (void)user;
    fprintf(stderr, "\r%3d %%", (int)(100 * done / total));
}

static void print_notice(void *user, fringe_notice notice, const char *text)
{
    (void)user;
    fprintf(stderr, "%s: %s\n", fringe_notice_name(notice), text);
}

static int write_pgm(const char *path, const uint8_t *pixels, int32_t height_px, int32_t width_px)
{
    FILE *stream = fopen(path, "wb");
    if (!stream) return 0;
    size_t count = (size_t)height_px * (size_t)width_px;
    fprintf(stream, "P5\n%d %d\n255\n", (int)width_px, (int)height_px);
    int written = fwrite(pixels, 1, count, stream) == count;
    return fclose(stream) == 0 && written;
}

int main(int count, char **words)
{
    if (count != 4) {
        fprintf(stderr, "usage: segment MODEL MICROGRAPH MASK.pgm\n");
        return 2;
    }
    fringe_error error;
    fringe_run *run = NULL;
    fringe_model *model = NULL;
    fringe_micrograph *micrograph = NULL;
    fringe_segmentation result = {0};

    /* Every call says how it went, and says in `error` what went wrong; 0 threads: one for each processor. */
    fringe_status status = fringe_run_create(0, &run, &error);
    if (status) goto done;
    fringe_run_set_progress(run, print_progress, NULL);
    fringe_run_set_notice(run, print_notice, NULL);
    if ((status = fringe_model_load(words[1], run, &model, &error))) goto done;
    if ((status = fringe_micrograph_open(words[2], run, &micrograph, &error))) goto done;
    if ((status = fringe_segment(model, micrograph, 0, NULL, run, &result, &error))) goto done;

    if (result.kind == FRINGE_SEGMENT_MASK) {
        int64_t particle = 0, pixels = (int64_t)result.width_px * result.height_px;
        for (int64_t i = 0; i < pixels; i++) particle += result.labels[i] == 255;
        printf("%s: %.1f %% particle\n", words[2], 100.0 * (double)particle / (double)pixels);
        if (!write_pgm(words[3], result.labels, result.height_px, result.width_px)) {
            status = FRINGE_FILE;
            snprintf(error.message, sizeof error.message, "%s: cannot be written", words[3]);
        }
    } else {
        printf("%s: this network does not give a mask\n", words[1]);
    }

done:
    if (status) fprintf(stderr, "%s (%s)\n", error.message, fringe_status_name(status));
    fringe_segmentation_free(&result);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
    fringe_run_free(run);
    return status != FRINGE_OK;
}
