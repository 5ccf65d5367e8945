/* The fringe command line: finds the subcommand. It sees the library through include/fringe alone. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "cli/cli_options.h"
#include "cli/cli_terminal.h"
#include "fringe/fringe.h"

static const char help[] =
    "usage: fringe COMMAND [options] files...\n"
    "Finds nanoparticles in electron micrographs.\n"
    "  analyze     the whole way: masks, particles, faults, statistics, a report\n"
    "  segment     applies a network to micrographs: masks, probability maps, overlays\n"
    "  measure     finds and measures the particles of masks: table, ROIs, labels\n"
    "  classify    tells stacking faults and twins in particles, and their lattices\n"
    "  simulate    makes micrographs by calculation, with their truth\n"
    "  train       trains a network on labels or simulated micrographs\n"
    "  evaluate    scores networks and classical methods against truth\n"
    "  info        what is known of an image file\n"
    "  model info  what is known of a network\n"
    "  model test  runs a network's own test tensors\n"
    "  model time  times a network\n"
    "  model install  tests a network's package and puts it where its name finds it\n"
    "  --version   version, instruction path, OpenBLAS\n"
    "'fringe COMMAND --help' lists a command's options. --option=value works, -- ends the options,\n"
    "and an option given twice takes its last value.\n"
    "Results go to standard output, everything else to standard error.\n"
    "Exit: 0 done, 1 some inputs failed, 2 usage, 3 model, 4 cancelled.\n";

static int print_version(void)
{
    printf("fringe %s\nCPU path %s\n%s\n", fringe_version(), fringe_cpu_path(), fringe_blas_description());
    return CLI_DONE;
}

static int run_command(int argc, char **argv)
{
    static const char *const names[] = {"analyze", "segment",  "measure", "classify", "simulate",
                                        "train",   "evaluate", "info",    "model",    NULL};
    static int (*const functions[])(int, char **) = {cli_analyze_run,  cli_segment_run,  cli_measure_run,
                                                     cli_classify_run, cli_simulate_run, cli_train_run,
                                                     cli_evaluate_run, cli_info_run,     cli_model_run};
    int version = 0, code;
    const struct cli_option options[] = {{"--version", CLI_OPTION_FLAG, &version, 0, 0, NULL}, {0}};
    struct cli_line line = {.command = "", .help = help, .options = options};

    for (int i = 0; argc > 1 && names[i]; i++)
        if (!strcmp(argv[1], names[i])) return functions[i](argc - 2, argv + 2);
    if (!cli_options_parse(&line, argc - 1, argv + 1, &code)) return code;
    if (version) return print_version();
    if (line.operand_count == 0) return cli_options_wrong(&line, "no command is named");
    const char *nearest = cli_options_nearest(line.operands[0], names);
    if (nearest)
        return cli_options_wrong(&line, "unknown command '%s'; did you mean '%s'?", line.operands[0],
                                 nearest);
    return cli_options_wrong(&line, "unknown command '%s'", line.operands[0]);
}

int main(int argc, char **argv)
{
    if (!cli_terminal_fill_streams()) return CLI_FAILED;
    int code = run_command(argc, argv);
    return !cli_terminal_flush() && code == CLI_DONE ? CLI_FAILED : code;
}
