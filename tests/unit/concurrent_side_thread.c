/* Work that is handed to the thread beside, for ThreadSanitizer: in order, seen by whoever waited for it, all
 * of it done before the end. A plain program, since Criterion cannot start under it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/side_thread.h"

enum { PIECES = 3, ROUNDS = 3000 };

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "concurrent_side_thread: %s\n", what);
    exit(1);
}

/* Pieces share a log, which they write one after the other. */
static struct {
    int numbers[ROUNDS], count;
} logged;

struct piece {
    struct side_work work;
    int number, square;
};

static void square(void *context)
{
    struct piece *piece = context;
    piece->square = piece->number * piece->number; /* not atomic: it is this thread's until it is done */
    logged.numbers[logged.count++] = piece->number;
}

int main(void)
{
    struct side_thread *side;
    struct piece pieces[PIECES] = {0};
    side_thread_wait(NULL, &pieces[0].work); /* nothing was handed over */
    require(side_thread_create(&side, NULL) == FRINGE_OK, "no thread");
    for (int i = 0; i < ROUNDS; i++) {
        struct piece *piece = &pieces[i % PIECES];
        side_thread_wait(side, &piece->work);
        require(i < PIECES || piece->square == (i - PIECES) * (i - PIECES), "a result is not seen");
        piece->number = i;
        piece->work.function = square;
        piece->work.context = piece;
        side_thread_add(side, &piece->work);
    }
    side_thread_free(side); /* waits for what is left */
    require(logged.count == ROUNDS, "work was left undone");
    for (int i = 0; i < ROUNDS; i++) require(logged.numbers[i] == i, "out of order");
    side_thread_free(NULL);
    return 0;
}
