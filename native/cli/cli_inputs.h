/* cli_inputs.h - the inputs that a command line names: its operands and the lines of --files-from. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include <stddef.h>

#include "cli/cli_options.h"

struct cli_inputs {
    const char **paths; /* the operands, then the lines, in their order */
    size_t count;
    char *lines; /* the content of --files-from, which paths points into */
};

/* Gathers at least one input. files_from may be NULL; "-" is standard input. Empty lines are left out and a
 * carriage return at a line's end is dropped. Gives CLI_DONE, else CLI_USAGE after saying what is wrong; the
 * caller frees in both cases. */
int cli_inputs_gather(struct cli_inputs *inputs, const struct cli_line *line, const char *files_from);

void cli_inputs_free(struct cli_inputs *inputs);

#endif
