/* Data bars in real micrographs of FRINGE_DATA: none of them has one, and four tomography slices have rows of
 * padding from their alignment. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/path.h"
#include "fringe/micrograph.h"

static const struct padded {
    const char *folder, *name;
    int top_px;
} padded[] = {{"stem-phases/train", "00_image.tif", 85},
              {"stem-phases/train", "01_image.tif", 55},
              {"stem-phases/train", "02_image.tif", 55},
              {"stem-phases/val", "0000_image.tif", 85}};

static int padding_of(const char *folder, const char *name)
{
    for (size_t i = 0; i < sizeof padded / sizeof *padded; i++)
        if (strcmp(padded[i].folder, folder) == 0 && strcmp(padded[i].name, name) == 0)
            return padded[i].top_px;
    return 0;
}

/* Labels are drawn, not measured. */
static int is_micrograph(const char *name)
{
    return (path_has_extension(name, ".tif") || path_has_extension(name, ".png")) && !strstr(name, "mask") &&
           !strstr(name, "label") && !strstr(name, "truth") && !strstr(name, "tag");
}

/* Returns the number of micrographs looked at. */
static int look_through(const char *data, const char *folder)
{
    char *directory = path_join(data, folder);
    struct file_names names;
    int count = 0;
    cr_assert_eq(file_list(directory, &names, NULL), FRINGE_OK, "%s", directory);
    for (size_t i = 0; i < names.count; i++) {
        if (!is_micrograph(names.names[i])) continue;
        char *path = path_join(directory, names.names[i]);
        fringe_micrograph *micrograph;
        fringe_excluded e;
        fringe_error error;
        cr_assert_eq(fringe_micrograph_open(path, NULL, &micrograph, &error), FRINGE_OK, "%s", error.message);
        cr_assert_eq(fringe_micrograph_find_bars(micrograph, &e, &error), FRINGE_OK, "%s", error.message);
        cr_expect(e.top_px == padding_of(folder, names.names[i]) && !e.bottom_px && !e.left_px && !e.right_px,
                  "%s: top %d bottom %d left %d right %d", path, (int)e.top_px, (int)e.bottom_px,
                  (int)e.left_px, (int)e.right_px);
        fringe_micrograph_free(micrograph);
        alloc_free(path);
        count++;
    }
    file_names_free(&names);
    alloc_free(directory);
    return count;
}

Test(bars_in_files, are_found_where_they_are_and_nowhere_else)
{
    static const char *const folders[] = {"hrtem",           "xct",         "scribbles", "stem-phases/train",
                                          "stem-phases/val", "cdte-faults", "volumes"};
    static const int least[] = {18, 15, 2, 45, 8, 6, 2};
    const char *data = getenv("FRINGE_DATA");
    struct file_facts facts = {0};
    if (data) file_look(data, &facts);
    if (facts.kind == FILE_ABSENT) cr_skip_test("FRINGE_DATA absent");
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        int count = look_through(data, folders[i]);
        cr_expect_geq(count, least[i], "%s: %d micrographs", folders[i], count);
    }
}
