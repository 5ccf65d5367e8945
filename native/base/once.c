#define _POSIX_C_SOURCE 200809L
#include "base/once.h"

#include <pthread.h>

void once_call(struct once *once, void (*first)(void))
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    if (atomic_load_explicit(&once->done, memory_order_acquire)) return;
    pthread_mutex_lock(&lock);
    if (!atomic_load_explicit(&once->done, memory_order_relaxed)) {
        first();
        atomic_store_explicit(&once->done, 1, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
}
