/* malformed_folder.h - the files of tests/malformed, one kind after the other. */
#ifndef SUPPORT_MALFORMED_FOLDER_H
#define SUPPORT_MALFORMED_FOLDER_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"

/* Reads a file in whatever way; the status and the words are the reader's. */
typedef fringe_status malformed_folder_reader(const char *path, fringe_error *error);

/* Whatever stands in tests/malformed/<kind> is refused, in few megabytes and seconds, by a message that says
 * why; and `<kind>-whole-*` is taken. At least `least_count` files are refused. */
static inline void malformed_folder_expect(const char *kind, malformed_folder_reader *read,
                                           size_t least_count)
{
    enum { MOST_MEGABYTES = 300, SECONDS = 60 };
    char folder[64], path[256], whole[64];
    struct file_names names;
    size_t refused = 0;
    snprintf(folder, sizeof folder, "tests/malformed/%s", kind);
    snprintf(whole, sizeof whole, "%s-whole-", kind);
    cr_assert_eq(file_list(folder, &names, NULL), FRINGE_OK, "no %s: run from the root of the sources",
                 folder);
    for (size_t i = 0; i < names.count; i++) {
        fringe_error error = {0};
        struct rusage used;
        snprintf(path, sizeof path, "%s/%s", folder, names.names[i]);
        alarm(SECONDS);
        fringe_status status = read(path, &error);
        alarm(0);
        getrusage(RUSAGE_SELF, &used);
        cr_assert_lt(used.ru_maxrss / 1024, MOST_MEGABYTES, "%s: %ld kB", path, used.ru_maxrss);
        if (strncmp(names.names[i], whole, strlen(whole)) == 0) {
            cr_expect_eq(status, FRINGE_OK, "%s: %s", path, error.message);
            continue;
        }
        refused++;
        cr_expect(status == FRINGE_FORMAT || status == FRINGE_UNSUPPORTED || status == FRINGE_MODEL ||
                      status == FRINGE_MISMATCH || status == FRINGE_FILE,
                  "%s: %s: %s", path, fringe_status_name(status), error.message);
        cr_expect_gt(strlen(error.message), 20, "%s: %s", path, error.message);
    }
    file_names_free(&names);
    cr_assert_geq(refused, least_count);
}

#endif
