/* image_files.h - what the tests of image readers share: a folder of their own, opening, reading, notices.
 *
 *     TestSuite(name, .init = image_files_begin, .fini = image_files_end);
 */
#ifndef SUPPORT_IMAGE_FILES_H
#define SUPPORT_IMAGE_FILES_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fringe/run.h"
#include "image/micrograph_source.h"
#include "io/image_read.h"

static char image_files_folder[] = "/tmp/fringe-image-XXXXXX";
static char image_files_notices[4096]; /* "name: text\n" of each notice since the last open */

static inline void image_files_begin(void)
{
    cr_assert_not_null(mkdtemp(image_files_folder));
}

static inline void image_files_end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", image_files_folder);
    cr_assert_eq(system(command), 0);
}

/* The path of a name in the folder, valid until the next call but one. */
static inline const char *image_files_path(const char *name)
{
    static char paths[2][256];
    static int turn;
    turn ^= 1;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", image_files_folder, name);
    return paths[turn];
}

static inline void image_files_hear(void *user, fringe_notice notice, const char *text)
{
    (void)user;
    size_t used = strlen(image_files_notices);
    snprintf(image_files_notices + used, sizeof image_files_notices - used, "%s: %s\n",
             fringe_notice_name(notice), text);
}

static inline fringe_status image_files_try(const char *path, enum image_read_palette palette,
                                            fringe_micrograph **micrograph, fringe_error *error)
{
    fringe_run *run;
    image_files_notices[0] = 0;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_set_notice(run, image_files_hear, NULL);
    fringe_status status = image_read_open(path, palette, run, micrograph, error);
    fringe_run_free(run);
    return status;
}

/* Opens a file that must open. */
static inline fringe_micrograph *image_files_open(const char *path)
{
    fringe_micrograph *micrograph = NULL;
    fringe_error error = {0};
    cr_assert_eq(image_files_try(path, IMAGE_READ_LUMINANCE, &micrograph, &error), FRINGE_OK, "%s",
                 error.message);
    return micrograph;
}

/* Reads one plane; freed by the caller. */
static inline float *image_files_plane(fringe_micrograph *micrograph, int32_t slice, int32_t channel)
{
    fringe_error error = {0};
    float *plane =
        malloc((size_t)micrograph->info.width_px * (size_t)micrograph->info.height_px * sizeof *plane);
    cr_assert_not_null(plane);
    cr_assert_eq(fringe_micrograph_read(micrograph, slice, channel, plane, &error), FRINGE_OK, "%s",
                 error.message);
    return plane;
}

/* A file that must not open, or not be read: with this status and these words in the message. */
static inline void image_files_refused(const char *path, fringe_status expected, const char *words)
{
    fringe_micrograph *micrograph = NULL;
    fringe_error error = {0};
    fringe_status status = image_files_try(path, IMAGE_READ_LUMINANCE, &micrograph, &error);
    if (!status) {
        size_t count = (size_t)micrograph->info.width_px * (size_t)micrograph->info.height_px;
        float *plane = malloc(count * sizeof *plane);
        status = fringe_micrograph_read(micrograph, 0, 0, plane, &error);
        free(plane);
    }
    fringe_micrograph_free(micrograph);
    cr_expect_eq(status, expected, "%s: status %s, %s", path, fringe_status_name(status), error.message);
    cr_expect(strstr(error.message, words) != NULL, "'%s' is not in: %s", words, error.message);
}

#endif
