/* cli_terminal.h - what the program owes to the person and the shell before it: signals, progress, words.
 *
 * The only file of the command line that includes headers of the operating system.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdint.h>

#include "fringe/run.h"

/* Lets Ctrl-C (and a plea to terminate or a lost terminal) cancel the run: outputs under way are removed, and
 * the program ends by itself. A second Ctrl-C ends it at once. Writing to a closed pipe or past the file
 * size limit becomes an error of that write instead of the program's end. `run` NULL: nothing to cancel any
 * more. */
void cli_terminal_catch_signals(fringe_run *run);

/* Progress with the time left: one line of a terminal that is drawn anew, plain lines 10 seconds apart where
 * standard error is none. Fits fringe_run_set_progress; user is not used. */
void cli_terminal_progress(void *user, int64_t done, int64_t total);

/* Removes the progress line, if there is one, before something else is printed. */
void cli_terminal_clear(void);

/* One line on standard error, "fringe: ...". */
__attribute__((format(printf, 1, 2))) void cli_terminal_say(const char *format, ...);

/* Says a notice. Fits fringe_run_set_notice; user is not used. */
void cli_terminal_notice(void *user, fringe_notice notice, const char *text);

/* Hands what was printed on standard output to whoever reads it; 0 after saying that it could not. */
int cli_terminal_flush(void);

#endif
