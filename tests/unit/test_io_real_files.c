/* Real micrographs of FRINGE_DATA, against statistics computed by other programs.
 *
 * The numbers are those of tifffile 2026.3.3 and Pillow 12 (Python): over the last page, in double precision,
 * colour as 0.299 R + 0.587 G + 0.114 B, colour tables by the upper 8 bits of their entries; `weighted` is
 * the sum of pixel * (index % 1009), which notices pixels out of place.
 */
#include "base/file.h"
#include "support/image_files.h"

static const struct {
    const char *path;
    int32_t slices, last, width, height;
    double sum, lowest, highest, weighted;
} files[] = {
    {"formats/png_misnamed.tif", 1, 0, 300, 305, 7930178.6509999996, 28, 181, 3986333354.3800001},
    {"stem-phases/train/00_image.tif", 1, 0, 512, 512, 2374792, 0, 152, 1195213423},
    {"stem-phases/train/00_label.tif", 1, 0, 512, 512, 9370, 0, 1, 4646199},
    {"stem-phases/val/0000_image.tif", 1, 0, 512, 512, 4660288, 0, 155, 2346930178},
    {"xct/738.tif", 1, 0, 572, 500, 480138.79162174743, -0.58916837, 3.21297455, 241835268.22303534},
    {"xct/1.tif", 1, 0, 601, 499, 378321.4754475173, -0.916916847, 2.95285225, 190652322.38986379},
    {"scribbles/0.tif", 1, 0, 512, 512, 27255617, 0, 255, 13711677690},
    {"scribbles/1.tif", 1, 0, 518, 518, 33914270, 19, 242, 17080656362},
    {"scribbles/1_ground_truth.tif", 1, 0, 518, 518, 61405262, 127, 254, 30913763166},
    {"volumes/taufactor_electrode_256.tif", 256, 255, 256, 256, 3900310, 0, 170, 1975562350},
    {"volumes/small_weave.tif", 150, 149, 150, 150, 2821305, 1, 247, 1401621092},
    {"cdte-faults/Bulk.tif", 120, 119, 64, 64, 569276, 42, 253, 287182183},
    {"xct/738_label.tif", 1, 0, 572, 500, 31086816.829999998, 76.245, 188.126, 15643472167.559998},
    {"hrtem/gen_Ag5nm_330kx_423e_203.png", 1, 0, 203, 203, 5136697, 11, 246, 2576028574},
};

Test(real_files, agree_with_other_readers)
{
    const char *folder = getenv("FRINGE_DATA");
    struct file_facts facts = {.kind = FILE_ABSENT};
    if (folder) file_look(folder, &facts);
    if (facts.kind != FILE_DIRECTORY) cr_skip_test("FRINGE_DATA absent");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, files[i].path);
        fringe_micrograph *micrograph = image_files_open(path);
        cr_assert_eq(micrograph->info.slice_count, files[i].slices, "%s", path);
        cr_assert_eq(micrograph->info.width_px, files[i].width, "%s", path);
        cr_assert_eq(micrograph->info.height_px, files[i].height, "%s", path);
        float *plane = image_files_plane(micrograph, files[i].last, 0);
        double sum = 0, lowest = plane[0], highest = plane[0], weighted = 0;
        for (int64_t k = 0; k < (int64_t)files[i].width * files[i].height; k++) {
            sum += plane[k];
            weighted += plane[k] * (double)(k % 1009);
            if (plane[k] < lowest) lowest = plane[k];
            if (plane[k] > highest) highest = plane[k];
        }
        /* A pixel is rounded to float once, to 6e-8 of itself. */
        cr_expect_float_eq(sum, files[i].sum, 1e-7 * files[i].sum, "%s: sum %.17g", path, sum);
        cr_expect_float_eq(weighted, files[i].weighted, 1e-7 * files[i].weighted, "%s: weighted %.17g", path,
                           weighted);
        cr_expect_float_eq(lowest, files[i].lowest, 1e-5, "%s: lowest %.9g", path, lowest);
        cr_expect_float_eq(highest, files[i].highest, 1e-5, "%s: highest %.9g", path, highest);
        free(plane);
        fringe_micrograph_free(micrograph);
    }
}
