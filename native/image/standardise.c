#include "image/standardise.h"

#include <math.h>

#include "base/run_state.h"

enum { CHUNK = 1 << 16 };

struct job {
    float *values;
    size_t count;
    double a, b, c; /* the step's numbers, in the order of its arguments */
};

/* A chunk of a step: EXPRESSION of `x`, the finite value as double, and the job's numbers. */
#define FINITE_STEP(name, EXPRESSION)                                                                        \
    static void name(void *context, size_t chunk, int worker)                                                \
    {                                                                                                        \
        (void)worker;                                                                                        \
        const struct job *job = context;                                                                     \
        size_t begin = chunk * CHUNK, end = job->count - begin > CHUNK ? begin + CHUNK : job->count;         \
        for (size_t i = begin; i < end; i++) {                                                               \
            double x = job->values[i];                                                                       \
            if (isfinite(x)) job->values[i] = (float)(EXPRESSION);                                           \
        }                                                                                                    \
    }

FINITE_STEP(linear_chunk, (x - job->a) * job->b + job->c)
FINITE_STEP(clip_chunk, x<job->a ? job->a : x> job->b ? job->b : x)
FINITE_STEP(binarize_chunk, x > job->a)

static void fill_chunk(void *context, size_t chunk, int worker)
{
    (void)worker;
    const struct job *job = context;
    size_t begin = chunk * CHUNK, end = job->count - begin > CHUNK ? begin + CHUNK : job->count;
    for (size_t i = begin; i < end; i++)
        if (!isfinite(job->values[i])) job->values[i] = (float)job->a;
}

static fringe_status over_chunks(struct job job, pool_function *step, const fringe_run *run,
                                 fringe_error *error)
{
    return run_state_parallel(run, job.count / CHUNK + (job.count % CHUNK != 0), step, &job, error);
}

fringe_status standardise_linear(float *values, size_t count, double subtract, double multiply, double add,
                                 const fringe_run *run, fringe_error *error)
{
    return over_chunks((struct job){values, count, subtract, multiply, add}, linear_chunk, run, error);
}

fringe_status standardise_clip(float *values, size_t count, double least, double most, const fringe_run *run,
                               fringe_error *error)
{
    return over_chunks((struct job){values, count, least, most, 0}, clip_chunk, run, error);
}

fringe_status standardise_binarize(float *values, size_t count, double threshold, const fringe_run *run,
                                   fringe_error *error)
{
    return over_chunks((struct job){values, count, threshold, 0, 0}, binarize_chunk, run, error);
}

fringe_status standardise_fill(float *values, size_t count, double value, const fringe_run *run,
                               fringe_error *error)
{
    return over_chunks((struct job){values, count, value, 0, 0}, fill_chunk, run, error);
}
