#define _POSIX_C_SOURCE 200809L
#include "cli/cli_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli_commands.h"

enum { SAID_BYTES = 8192 }; /* a path and what is said of it */

static _Atomic(fringe_run *) run_to_cancel;

static void on_signal(int number)
{
    (void)number;
    int saved = errno;
    fringe_run *run = atomic_load(&run_to_cancel);
    if (run) fringe_run_cancel(run);
    errno = saved;
}

/* `run` NULL: nothing to cancel any more. */
static void catch_signals(fringe_run *run)
{
    atomic_store(&run_to_cancel, run);
    /* SA_RESETHAND: the second one finds the system's own answer. */
    struct sigaction cancel = {.sa_handler = run ? on_signal : SIG_DFL,
                               .sa_flags = SA_RESTART | SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    const int cancelling[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(&cancel.sa_mask);
    for (size_t i = 0; i < sizeof cancelling / sizeof *cancelling; i++) {
        struct sigaction before;
        sigaction(cancelling[i], NULL, &before);
        /* nohup stays in force. A shell's job in the background ignores SIGINT at first, but who sends it one
         * means it. */
        if (cancelling[i] != SIGHUP || before.sa_handler != SIG_IGN) sigaction(cancelling[i], &cancel, NULL);
    }
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

static struct {
    int shown;           /* a line stands there */
    double begun, drawn; /* seconds */
    double from;         /* the share that was done at the begin: a run that goes on finds some */
    int64_t done;        /* of the last call, to notice the next piece of work */
} progress;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ", 3 s left", or nothing while it is too early to tell. */
static void put_time_left(double elapsed, double share)
{
    if (elapsed < 1 || !(share > progress.from)) return;
    double left = elapsed * (1 - share) / (share - progress.from);
    if (left >= 60)
        fprintf(stderr, ", %d min %02d s left", (int)(left / 60), (int)left % 60);
    else
        fprintf(stderr, ", %d s left", (int)(left + 0.5));
}

static void show_progress(void *user, int64_t done, int64_t total)
{
    (void)user;
    if (total <= 0) return;
    int terminal = isatty(STDERR_FILENO);
    double now = seconds(), share = (double)done / (double)total;
    int begins = progress.begun == 0 || done < progress.done;
    if (begins) progress.drawn = now;
    if (begins || progress.done == 0) {
        progress.begun = now;
        progress.from = share;
    }
    progress.done = done;
    /* Ten times a second is fluent, more only costs; in a log a line now and then says that it is alive. */
    if (now - progress.drawn < (terminal ? 0.1 : 10)) return;
    progress.drawn = now;
    fputs(terminal ? "\r\033[K" : "fringe: ", stderr);
    fprintf(stderr, "%3d %%", (int)(100 * share));
    put_time_left(now - progress.begun, share);
    if (!terminal) fputc('\n', stderr);
    fflush(stderr);
    progress.shown = terminal;
}

void cli_terminal_clear(void)
{
    if (progress.shown) fputs("\r\033[K", stderr);
    progress.shown = 0;
}

void cli_terminal_say(const char *format, ...)
{
    char text[SAID_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* A file's name may hold what a terminal obeys, or ends of lines: C0, DEL, and C1 as UTF-8 (U+0080 to
     * U+009F), of which U+009B begins a sequence like ESC [. */
    for (unsigned char *c = (unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            *c = '?';
        else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
            c[0] = c[1] = '?';
    cli_terminal_clear();
    fprintf(stderr, "fringe: %s\n", text);
}

void cli_terminal_notice(void *user, fringe_notice notice, const char *text)
{
    (void)user, (void)notice;
    cli_terminal_say("note: %s", text);
}

fringe_status cli_terminal_begin(int32_t threads, fringe_run **run, fringe_error *error)
{
    fringe_status status = fringe_run_create(threads, run, error);
    if (status) return status;
    fringe_run_set_notice(*run, cli_terminal_notice, NULL);
    fringe_run_set_progress(*run, show_progress, NULL);
    catch_signals(*run);
    return FRINGE_OK;
}

int cli_terminal_end(fringe_run *run, fringe_status status, const fringe_error *error)
{
    cli_terminal_clear();
    if (status) cli_terminal_say("%s", error->message);
    catch_signals(NULL);
    fringe_run_free(run);
    return status == FRINGE_OK          ? CLI_DONE
           : status == FRINGE_ARGUMENT  ? CLI_USAGE
           : status == FRINGE_CANCELLED ? CLI_CANCELLED
           : status == FRINGE_MODEL     ? CLI_MODEL
                                        : CLI_FAILED;
}

int cli_terminal_fill_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) != -1 || errno != EBADF) continue;
        /* The lowest free number is the one that is missing, and opened the wrong way round it stays useless.
         */
        if (open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) != stream) return 0;
    }
    return 1;
}

int cli_terminal_flush(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return 1;
    cli_terminal_say("standard output: cannot be written: %s", strerror(errno));
    return 0;
}
