/* A run: progress never steps back, cancel is heard, notices arrive, thread counts are checked. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/run_state.h"

struct heard {
    int64_t last, total;
    int count, back;
};

static void hear_progress(void *user, int64_t done, int64_t total)
{
    struct heard *heard = user;
    if (done < heard->last) heard->back++;
    heard->last = done;
    heard->total = total;
    heard->count++;
}

static fringe_run *run_of(int threads)
{
    fringe_run *run;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    return run;
}

Test(run_state, thread_counts)
{
    fringe_run *run = run_of(3);
    cr_expect_eq(fringe_run_threads(run), 3);
    fringe_run_free(run);
    run = run_of(0);
    cr_expect_eq(fringe_run_threads(run), fringe_run_threads(NULL));
    fringe_run_free(run);
    const int bad[] = {-1, 1025};
    for (int i = 0; i < 2; i++) {
        fringe_error error;
        cr_expect_eq(fringe_run_create(bad[i], &run, &error), FRINGE_ARGUMENT);
        cr_expect_null(run);
        cr_expect(strstr(error.message, "1024"), "%s", error.message);
    }
    fringe_run_free(NULL);
}

Test(run_state, progress_never_steps_back_and_ends_full)
{
    struct heard heard = {0};
    fringe_run *run = run_of(1);
    fringe_run_set_progress(run, hear_progress, &heard);
    for (int input = 0; input < 4; input++) {
        run_state_span(run, input / 4.0, (input + 1) / 4.0);
        run_state_progress(run, 0, 7); /* a new input starts at its own zero */
        for (int row = 1; row <= 7; row++) {
            run_state_progress(run, row, 7);
            run_state_progress(run, row - 1, 7); /* a band that ended late */
        }
    }
    cr_expect_eq(heard.back, 0);
    cr_expect_eq(heard.last, heard.total);
    cr_expect_eq(heard.count, 28, "heard %d times", heard.count);
    fringe_run_free(run);
}

Test(run_state, second_call_starts_at_zero_again)
{
    struct heard heard = {0};
    fringe_run *run = run_of(1);
    fringe_run_set_progress(run, hear_progress, &heard);
    run_state_span(run, 0, 1);
    run_state_progress(run, 1, 1);
    heard = (struct heard){0};
    run_state_progress(run, 0, 2); /* no span is set again: a caller of the plain functions has none */
    run_state_progress(run, 1, 2);
    cr_expect_eq(2 * heard.last, heard.total);
    fringe_run_free(run);
}

static void count_index(void *context, size_t index, int worker)
{
    (void)index, (void)worker;
    ++*(int *)context;
}

Test(run_state, cancel_stops_this_and_later_calls)
{
    fringe_run *run = run_of(1);
    fringe_error error;
    int count = 0;
    cr_expect_eq(run_state_parallel(run, 5, count_index, &count, &error), FRINGE_OK);
    cr_expect_eq(count, 5);
    cr_expect_eq(fringe_run_cancelled(run), 0);
    fringe_run_cancel(run);
    cr_expect_eq(fringe_run_cancelled(run), 1);
    cr_expect_eq(run_state_check(run, &error), FRINGE_CANCELLED);
    cr_expect_eq(run_state_parallel(run, 5, count_index, &count, &error), FRINGE_CANCELLED);
    cr_expect_eq(count, 5, "work began after cancel");
    const fringe_run *used;
    cr_expect_eq(run_state_enter(run, &used, &error), FRINGE_CANCELLED);
    fringe_run_free(run);
}

Test(run_state, null_is_a_run_of_every_processor)
{
    const fringe_run *used;
    cr_assert_eq(run_state_enter(NULL, &used, NULL), FRINGE_OK);
    cr_assert_not_null(used);
    cr_expect_eq(fringe_run_threads(used), fringe_run_threads(NULL));
    run_state_leave(NULL, used);
    cr_expect_eq(run_state_check(NULL, NULL), FRINGE_OK);
    cr_expect_eq(fringe_run_cancelled(NULL), 0);
    run_state_progress(NULL, 1, 1);
    run_state_notice(NULL, FRINGE_NOTICE_COLOUR, "unheard");
}

static void hear_notice(void *user, fringe_notice notice, const char *text)
{
    cr_expect_eq(notice, FRINGE_NOTICE_DATA_BAR);
    strcpy(user, text);
}

Test(run_state, notices_arrive)
{
    char text[2048] = "";
    fringe_run *run = run_of(1);
    fringe_run_set_notice(run, hear_notice, text);
    run_state_notice(run, FRINGE_NOTICE_DATA_BAR, "%d rows", 64);
    cr_expect_str_eq(text, "64 rows");
    char longer[4096];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    run_state_notice(run, FRINGE_NOTICE_DATA_BAR, "%s", longer); /* cut, not overrun */
    cr_expect_gt(strlen(text), 500);
    fringe_run_free(run);
}

struct tapped {
    const fringe_run *run;
    char text[200];
};

static void tap(void *user, fringe_notice notice, const char *text)
{
    struct tapped *tapped = user;
    char words[200];
    snprintf(tapped->text, sizeof tapped->text, "%s", text);
    snprintf(words, sizeof words, "a.tif: %s", text);
    run_state_pass_notice(tapped->run, notice, words);
}

Test(run_state, a_tap_hears_instead_of_the_listener_and_may_pass_on)
{
    char text[200] = "";
    fringe_run *run = run_of(1);
    struct tapped tapped = {.run = run};
    run_state_tap(run, tap, &tapped);
    run_state_notice(run, FRINGE_NOTICE_DATA_BAR, "one"); /* without any listener */
    cr_expect_str_eq(tapped.text, "one");
    fringe_run_set_notice(run, hear_notice, text);
    run_state_notice(run, FRINGE_NOTICE_DATA_BAR, "two");
    cr_expect_str_eq(tapped.text, "two");
    cr_expect_str_eq(text, "a.tif: two");
    run_state_tap(run, NULL, NULL);
    run_state_notice(run, FRINGE_NOTICE_DATA_BAR, "three");
    cr_expect_str_eq(tapped.text, "two");
    cr_expect_str_eq(text, "three");
    fringe_run_free(run);
}

Test(run_state, memory_shortage_at_every_point)
{
    fringe_run *run = NULL;
    for (long allowed = 0; !run; allowed++) {
        cr_assert_lt(allowed, 20, "never succeeds");
        alloc_fail_after(allowed);
        fringe_status status = fringe_run_create(2, &run, NULL);
        alloc_fail_after(-1);
        cr_expect_eq(status, run ? FRINGE_OK : FRINGE_MEMORY);
    }
    fringe_run_free(run);
}
