/* side_thread.h - one thread beside the caller's, for work that waits: reading ahead, writing behind.
 *
 * Work is handed over piece by piece and done in that order. A piece belongs to the caller, who leaves it and
 * what its function touches alone until side_thread_wait has returned for it; what the function wrote is then
 * seen. Nothing is allocated per piece, so handing over cannot fail. The thread runs with the default
 * floating-point state. Each object serves one calling thread.
 */
#ifndef BASE_SIDE_THREAD_H
#define BASE_SIDE_THREAD_H

#include "fringe/status.h"

struct side_thread;

/* One piece; zero at first. The caller fills in function and context. */
struct side_work {
    void (*function)(void *context);
    void *context;
    struct side_work *next; /* in the queue */
    int waiting;            /* 1 from handing over until it is done */
};

/* Starts the thread; it sleeps while there is nothing to do. FRINGE_MEMORY otherwise, and *side is NULL. */
fringe_status side_thread_create(struct side_thread **side, fringe_error *error);

/* Hands over a piece that is not waiting. */
void side_thread_add(struct side_thread *side, struct side_work *work);

/* Returns once the piece is done; at once for one that was never handed over. `side` may be NULL then. */
void side_thread_wait(struct side_thread *side, const struct side_work *work);

/* Ends the thread once all its work is done. NULL is accepted. */
void side_thread_free(struct side_thread *side);

#endif
