/* cli_commands.h - the subcommands and what their exit codes mean.
 *
 * Each function gets the arguments behind its own name, prints results on standard output and everything else
 * on standard error, and returns the program's exit code. Numbers are read and printed with the C library
 * directly: this program never calls setlocale, so it always runs in the "C" locale.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* Where several apply: usage before cancelled before model before failed. */
enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1,   /* some inputs failed, each of them named */
    CLI_USAGE = 2,    /* the command line is wrong; nothing was done */
    CLI_MODEL = 3,    /* the model cannot be loaded or contradicts its test tensors */
    CLI_CANCELLED = 4 /* interrupted; what was finished stays */
};

int cli_analyze_run(int argc, char **argv);
int cli_segment_run(int argc, char **argv);
int cli_measure_run(int argc, char **argv);
int cli_classify_run(int argc, char **argv);
int cli_simulate_run(int argc, char **argv);
int cli_train_run(int argc, char **argv);
int cli_evaluate_run(int argc, char **argv);
int cli_info_run(int argc, char **argv);
int cli_model_run(int argc, char **argv);

#endif
