/* Scenes side by side, and phonons of one scene, over several threads: for ThreadSanitizer. The files are
 * those of one thread. A plain program, since Criterion cannot start under it: exit status 0 is success. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fringe/simulate.h"

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "concurrent_simulate: %s\n", what);
    exit(1);
}

static void simulate(const char *folder, const char *recipe, int threads, int count)
{
    char path[256], output[256];
    snprintf(path, sizeof path, "%s/recipe.yaml", folder);
    snprintf(output, sizeof output, "%s/%d", folder, threads);
    FILE *file = fopen(path, "w");
    require(file && fputs(recipe, file) >= 0 && !fclose(file), "no recipe");
    fringe_simulate_options options;
    fringe_error error;
    fringe_run *run;
    fringe_simulate_options_init(&options);
    options.recipe = path;
    options.output_directory = output;
    options.count = count;
    options.overwrite = 1;
    require(fringe_run_create(threads, &run, &error) == FRINGE_OK, "no run");
    fringe_status status = fringe_simulate(&options, run, &error);
    require(status == FRINGE_OK, status ? error.message : "");
    fringe_run_free(run);
}

/* Byte by byte, the last image and the truth. */
static void compare(const char *folder, const char *name)
{
    char command[1024];
    snprintf(command, sizeof command, "cmp %s/1/%s %s/4/%s", folder, name, folder, name);
    require(system(command) == 0, "the bytes depend on the threads");
}

int main(void)
{
    static const char micrographs[] =
        "preset: hrtem-small\nsize_px: 48\nsupport_nm: 0.6\ndiameter_nm: [1, 2]\n"
        "exposures_per_wave: 2\nhole: 0.5\ncontamination: 0.5\nshell: 0.5\n";
    char folder[] = "/tmp/fringe-concurrent-XXXXXX", command[256];
    require(mkdtemp(folder) != NULL, "no folder");
    /* 7 images are 4 waves: side by side for four threads; 4 are 2 waves, their phonons side by side. */
    for (int count = 4; count <= 7; count += 3) {
        simulate(folder, micrographs, 1, count);
        simulate(folder, micrographs, 4, count);
        compare(folder, count == 7 ? "0006.tif" : "0003.tif");
        compare(folder, "truth.csv");
    }
    simulate(folder, "preset: nano-ct\nsize_px: 32\n", 1, 4);
    simulate(folder, "preset: nano-ct\nsize_px: 32\n", 4, 4);
    compare(folder, "0003.tif");
    compare(folder, "truth.csv");
    snprintf(command, sizeof command, "rm -r %s", folder);
    require(system(command) == 0, "the folder stays");
    return 0;
}
