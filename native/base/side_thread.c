#define _POSIX_C_SOURCE 200809L
#include "base/side_thread.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/failure.h"

struct side_thread {
    pthread_t thread;
    /* Everything below, and the queued pieces' `next` and `waiting`, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t added; /* work, or the end */
    pthread_cond_t done;  /* a piece */
    struct side_work *first, *last;
    int ending;
};

static void *work(void *argument)
{
    struct side_thread *side = argument;
    cpu_float_enter(); /* the thread is ours: nothing to restore */
    pthread_mutex_lock(&side->lock);
    for (;;) {
        while (!side->first && !side->ending) pthread_cond_wait(&side->added, &side->lock);
        struct side_work *piece = side->first;
        if (!piece) break;
        side->first = piece->next;
        pthread_mutex_unlock(&side->lock);
        piece->function(piece->context);
        pthread_mutex_lock(&side->lock);
        piece->waiting = 0;
        pthread_cond_signal(&side->done);
    }
    pthread_mutex_unlock(&side->lock);
    return NULL;
}

fringe_status side_thread_create(struct side_thread **result, fringe_error *error)
{
    *result = NULL;
    struct side_thread *side = alloc_array(1, sizeof *side);
    if (!side) return failure_memory(error, "thread", sizeof *side);
    pthread_mutex_init(&side->lock, NULL);
    pthread_cond_init(&side->added, NULL);
    pthread_cond_init(&side->done, NULL);
    if (pthread_create(&side->thread, NULL, work, side) != 0) {
        alloc_free(side);
        return failure_set(error, FRINGE_MEMORY, "a thread for files could not be started");
    }
    *result = side;
    return FRINGE_OK;
}

void side_thread_add(struct side_thread *side, struct side_work *piece)
{
    pthread_mutex_lock(&side->lock);
    piece->next = NULL;
    piece->waiting = 1;
    if (side->first)
        side->last->next = piece;
    else
        side->first = piece;
    side->last = piece;
    pthread_cond_signal(&side->added);
    pthread_mutex_unlock(&side->lock);
}

void side_thread_wait(struct side_thread *side, const struct side_work *piece)
{
    if (!side) return;
    pthread_mutex_lock(&side->lock);
    while (piece->waiting) pthread_cond_wait(&side->done, &side->lock);
    pthread_mutex_unlock(&side->lock);
}

void side_thread_free(struct side_thread *side)
{
    if (!side) return;
    pthread_mutex_lock(&side->lock);
    side->ending = 1;
    pthread_cond_signal(&side->added);
    pthread_mutex_unlock(&side->lock);
    pthread_join(side->thread, NULL);
    pthread_cond_destroy(&side->added);
    pthread_cond_destroy(&side->done);
    pthread_mutex_destroy(&side->lock);
    alloc_free(side);
}
