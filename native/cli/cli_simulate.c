/* fringe simulate: reads the options, has the micrographs made, says where they are. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe simulate --preset NAME | RECIPE.yaml  --count N --seed S -o DIR\n"
    "Makes micrographs by calculation (HRTEM by multislice), with their truth. Writes DIR/NNNN.tif,\n"
    "calibrated, a detector's counts; DIR/NNNN-mask.tif, 0/255; and DIR/truth.csv, every parameter that\n"
    "was drawn, one line per particle. Presets of electrodes write NNNN-classes.tif instead of a mask:\n"
    "0 pore, 1 active material, 2 binder.\n"
    "  --preset NAME        a recipe that comes with the program; --preset list names them\n"
    "  --count N            images to make (1)\n"
    "  --seed S             a whole number from 0 on; the same seed gives the same bytes (0)\n"
    "  -o DIR               write there (.)\n"
    "  --threads N          0 for all processors (default); does not change the result\n"
    "  --overwrite          replace what an earlier run left in DIR\n"
    "An option given twice takes its last value.\n"
    "Exit: 0 done, 1 failed, 2 usage, 4 cancelled.\n";

static int list_presets(void)
{
    for (int i = 0; fringe_simulate_preset_name(i); i++)
        printf("%-26s %s\n", fringe_simulate_preset_name(i), fringe_simulate_preset_purpose(i));
    return CLI_DONE;
}

static int simulate(const fringe_simulate_options *options, int32_t threads)
{
    fringe_error error;
    fringe_run *run = NULL;
    fringe_status status = cli_terminal_begin(threads, &run, &error);
    if (!status) status = fringe_simulate(options, run, &error);
    int code = cli_terminal_end(run, status, &error);
    if (code == CLI_DONE) printf("%s/truth.csv\n", options->output_directory);
    return code;
}

int cli_simulate_run(int argc, char **argv)
{
    fringe_simulate_options simulation;
    int32_t threads = 0;
    double seed = 0;
    int code;
    fringe_simulate_options_init(&simulation);
    const struct cli_option options[] = {
        {"--preset", CLI_OPTION_TEXT, &simulation.preset, 0, 0, NULL},
        {"--count", CLI_OPTION_INTEGER, &simulation.count, 1, 1000000, NULL},
        {"--seed", CLI_OPTION_NUMBER, &seed, 0, CLI_LARGEST_SEED, NULL},
        {"-o", CLI_OPTION_TEXT, &simulation.output_directory, 0, 0, NULL},
        {"--threads", CLI_OPTION_INTEGER, &threads, 0, CLI_MOST_THREADS, NULL},
        {"--overwrite", CLI_OPTION_FLAG, &simulation.overwrite, 0, 0, NULL},
        {0}};
    struct cli_line line = {.command = "simulate", .help = help, .options = options};
    if (!cli_options_parse(&line, argc, argv, &code)) return code;
    if (simulation.preset && !strcmp(simulation.preset, "list")) return list_presets();
    if (line.operand_count > 1)
        return cli_options_wrong(&line, "%d recipes are named, one can be followed", line.operand_count);
    if (line.operand_count == 1) simulation.recipe = line.operands[0];
    if (!simulation.preset && !simulation.recipe)
        return cli_options_wrong(&line, "--preset or a recipe is missing");
    if (simulation.preset && simulation.recipe)
        return cli_options_wrong(&line, "--preset %s and the recipe %s contradict each other",
                                 simulation.preset, simulation.recipe);
    if (!cli_options_seed(&line, seed, &simulation.seed)) return CLI_USAGE;
    return simulate(&simulation, threads);
}
