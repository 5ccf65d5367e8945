/* once.h - things that are done once in the life of a process, by whichever thread comes first. */
#ifndef BASE_ONCE_H
#define BASE_ONCE_H

#include <stdatomic.h>

/* Static storage, zero at first. */
struct once {
    atomic_int done;
};

/* Calls `first` unless it was called before for this object, and returns when it has ended; what it wrote is
 * then seen by the caller. `first` must not call once_call. Any thread. */
void once_call(struct once *once, void (*first)(void));

#endif
