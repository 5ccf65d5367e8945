/* cli_terminal.h - what the program owes to the person and the shell before it: signals, progress, words.
 * Progress shows the time left: in one line of a terminal that is drawn anew, in plain lines 10 seconds apart
 * where standard error is none. The only file of the command line that includes headers of the operating
 * system.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

/* Fills what the caller left closed of standard input, output and error, before any file is opened: a file
 * that took one of their numbers would get the words that are meant for people among its bytes. Reading and
 * writing there fail as before. 0 where that cannot be had. */
int cli_terminal_fill_streams(void);

/* A run for a command, whose notices and progress are said here. Ctrl-C (and a plea to terminate or a lost
 * terminal) cancels it: outputs under way are removed, and the program ends by itself. A second Ctrl-C ends
 * it at once. Writing to a closed pipe or past the file size limit becomes an error of that write instead of
 * the program's end. FRINGE_MEMORY leaves *run NULL. */
fringe_status cli_terminal_begin(int32_t threads, fringe_run **run, fringe_error *error);

/* Says what went wrong, if anything did, frees the run (NULL is accepted), which is nothing to cancel any
 * more, and gives the exit code: usage for FRINGE_ARGUMENT, and cancelled, model or failed. */
int cli_terminal_end(fringe_run *run, fringe_status status, const fringe_error *error);

/* Removes the progress line, if there is one, before something else is printed. */
void cli_terminal_clear(void);

/* One line on standard error, "fringe: ...", whatever the names in it hold: control characters become '?'. */
__attribute__((format(printf, 1, 2))) void cli_terminal_say(const char *format, ...);

/* Says a notice. Fits fringe_run_set_notice; user is not used. */
void cli_terminal_notice(void *user, fringe_notice notice, const char *text);

/* Hands what was printed on standard output to whoever reads it; 0 after saying that it could not. */
int cli_terminal_flush(void);

#endif
