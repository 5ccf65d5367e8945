/* A batch over a stack that is killed, at every call that makes something last and at many other moments:
 * what lies in place is never torn, and the next run goes on to the bytes of a run that nothing interrupted.
 *
 * fsync, rename and ftruncate here stand before the system's own in this program: the n-th call of all of
 * them ends the process instead. The clock runs ahead by seconds, so that each slice is a checkpoint. */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "fringe/fringe.h"
#include "support/batch_case.h"
#include "support/entered_folder.h"

enum { SLICES = 5, HEIGHT = 60, WIDTH = 70, RANDOM_KILLS = 60 };

static struct batch_case_model made;
static const fringe_model *model;
static atomic_long calls_left = -1; /* before the process ends; negative: it does not */
static atomic_int seconds_ahead;

static void last_call(void)
{
    if (atomic_load(&calls_left) >= 0 && atomic_fetch_sub(&calls_left, 1) == 0) raise(SIGKILL);
}

int fsync(int descriptor)
{
    last_call();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(descriptor);
}

int rename(const char *from, const char *to)
{
    last_call();
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}

int ftruncate(int descriptor, off_t bytes)
{
    last_call();
    return ((int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate"))(descriptor, bytes);
}

/* A file that is begun. */
FILE *fdopen(int descriptor, const char *mode)
{
    if (strchr(mode, '+')) last_call();
    return ((FILE * (*)(int, const char *)) dlsym(RTLD_NEXT, "fdopen"))(descriptor, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = ((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"))(clock, now);
    now->tv_sec += atomic_fetch_add(&seconds_ahead, 2);
    return failed;
}

static void start(void)
{
    entered_folder_make();
    batch_case_write_stack("a.tif", SLICES, HEIGHT, WIDTH);
    model = batch_case_make_model(&made, 2, "Softmax", OUTPUT_MASK);
}

static void stop(void)
{
    entered_folder_remove();
    net_free(made.net);
}

TestSuite(killed, .init = start, .fini = stop, .timeout = 120);

/* One run of the batch; went_on tells whether it took up what another left. */
static fringe_status segment(const char *directory, int *went_on)
{
    struct heard heard;
    fringe_batch_options options;
    fringe_batch_summary summary = {0};
    const char *const paths[] = {"a.tif"};
    fringe_error error = {0};
    fringe_batch_options_init(&options);
    options.segment.normalize = FRINGE_NORMALIZE_ZSCORE;
    options.probability = 1;
    options.output_directory = directory;
    fringe_run *run = built_model_listen(2, &heard);
    fringe_status status = fringe_batch_segment(model, paths, 1, &options, run, NULL, NULL, &summary, &error);
    if (went_on) *went_on = strstr(heard.text, "goes on behind slice") != NULL;
    fringe_run_free(run);
    return status ? status : summary.failed_count ? FRINGE_FILE : FRINGE_OK;
}

/* Notes behind which slice a run goes on. */
static void hear_behind(void *user, fringe_notice notice, const char *text)
{
    static const char words[] = "goes on behind slice ";
    const char *said = strstr(text, words);
    (void)notice;
    if (said) *(int *)user = atoi(said + strlen(words));
}

/* The same with measuring; *behind is the number of slices that it took up. */
static fringe_status analyze(const char *directory, int *behind)
{
    struct heard heard;
    fringe_analyze_options options;
    fringe_batch_summary summary = {0};
    const char *const paths[] = {"a.tif"};
    fringe_error error = {0};
    fringe_analyze_options_init(&options);
    options.batch.segment.normalize = FRINGE_NORMALIZE_ZSCORE;
    options.batch.output_directory = directory;
    options.particles.least_nm = 0;
    options.particles.least_px = 4;
    *behind = 0;
    fringe_run *run = built_model_listen(2, &heard);
    fringe_run_set_notice(run, hear_behind, behind);
    fringe_status status = fringe_batch_analyze(model, paths, 1, &options, run, NULL, NULL, &summary, &error);
    fringe_run_free(run);
    return status ? status : summary.failed_count ? FRINGE_FILE : FRINGE_OK;
}

/* Runs the batch in a process of its own, which ends before its n-th call that makes something last, or after
 * some microseconds; 1 where it ended by itself. */
static int run_and_kill(int measuring, long calls, long microseconds)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        int behind;
        atomic_store(&calls_left, calls);
        _exit((measuring ? analyze("results", &behind) : segment("results", NULL)) != FRINGE_OK);
    }
    if (microseconds >= 0) {
        usleep((useconds_t)microseconds);
        kill(child, SIGKILL);
    }
    int ended = 0;
    cr_assert_eq(waitpid(child, &ended, 0), child);
    if (WIFEXITED(ended)) cr_assert_eq(WEXITSTATUS(ended), 0, "the batch failed");
    return WIFEXITED(ended);
}

static int is_there(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

static void expect_same_file(const char *name, const char *when, long number)
{
    char paths[2][64], digests[2][DIGEST_TEXT_BYTES];
    snprintf(paths[0], sizeof paths[0], "whole/%s", name);
    snprintf(paths[1], sizeof paths[1], "results/%s", name);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(digest_file(paths[i], digests[i], NULL), FRINGE_OK, "%s", paths[i]);
    cr_assert_str_eq(digests[0], digests[1], "%s %ld: %s is torn", when, number, name);
}

/* A result in place is whole; the provenance stands for all of them. */
static void expect_nothing_torn(const char *when, long number)
{
    if (is_there("results/a-mask.tif")) expect_same_file("a-mask.tif", when, number);
    if (is_there("results/a-probability.tif")) expect_same_file("a-probability.tif", when, number);
    if (!is_there("results/a-fringe.json")) return;
    cr_assert(is_there("results/a-mask.tif") && is_there("results/a-probability.tif"),
              "%s %ld: a provenance alone", when, number);
}

static void expect_whole(const char *when, long number)
{
    expect_same_file("a-mask.tif", when, number);
    expect_same_file("a-probability.tif", when, number);
    DIR *directory = opendir("results");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory));) count += entry->d_name[0] != '.';
    closedir(directory);
    cr_assert_eq(count, 3, "%s %ld: %d files", when, number, count);
}

Test(killed, before_every_call_that_makes_something_last)
{
    int goings_on = 0, ended = 0;
    cr_assert_eq(segment("whole", NULL), FRINGE_OK);
    for (long calls = 0; !ended; calls++) {
        int went_on;
        cr_assert_lt(calls, 200, "never ends by itself");
        ended = run_and_kill(0, calls, -1);
        expect_nothing_torn("call", calls);
        cr_assert_eq(segment("results", &went_on), FRINGE_OK);
        goings_on += went_on;
        expect_whole("call", calls);
        cr_assert_eq(system("rm -rf results"), 0);
    }
    cr_expect_geq(goings_on, SLICES, "%d of the runs went on", goings_on);
}

/* An analysis that is killed while it measures has all slices behind it. */
Test(killed, while_measuring)
{
    static const char *const names[] = {"a-mask.tif",    "a-labels.tif",  "a-particles.csv", "a-rois.zip",
                                        "a-overlay.png", "particles.csv", "summary.csv",     "report.html"};
    int measured = 0, ended = 0, behind;
    cr_assert_eq(analyze("whole", &behind), FRINGE_OK);
    for (long calls = 0; !ended; calls++) {
        cr_assert_lt(calls, 200, "never ends by itself");
        ended = run_and_kill(1, calls, -1);
        cr_assert_eq(analyze("results", &behind), FRINGE_OK);
        measured += behind == SLICES;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) expect_same_file(names[i], "call", calls);
        cr_assert_neq(system("ls results | grep -q part$"), 0, "call %ld: something unfinished is left",
                      calls);
        cr_assert_eq(system("rm -rf results"), 0);
    }
    /* Before labels, table and outlines are begun, and before what comes first in putting all in place. */
    cr_expect_geq(measured, 6, "after %d kills all slices were there", measured);
}

/* Again and again without any care, as by somebody impatient, until one gets through. */
Test(killed, at_random_moments)
{
    uint32_t state = 7;
    int kills = 0;
    cr_assert_eq(segment("whole", NULL), FRINGE_OK);
    while (kills < RANDOM_KILLS) {
        state = state * 1664525u + 1013904223u;
        int ended = run_and_kill(0, -1, (state >> 8) % 12000);
        kills += !ended;
        expect_nothing_torn("kill", kills);
        if (!ended && kills < RANDOM_KILLS) continue;
        cr_assert_eq(segment("results", NULL), FRINGE_OK);
        expect_whole("kill", kills);
        cr_assert_eq(system("rm -rf results"), 0);
    }
}
