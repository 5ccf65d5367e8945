#include "image/plane_statistics.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"

enum {
    CHUNK = 1 << 16, /* values summed in one piece; part of the result's definition */
    LANES = 4,       /* independent sums within a chunk, or each addition waits for the last */
    BINS = 1 << 16   /* of a float's 32 bits, 16 are counted at a time */
};

/* ---- sums ---- */

struct chunk_sums {
    double sum, squares; /* of the values; of their squared distances from the mean */
    double least, most;
    int64_t count, finite_count;
};

struct sums_job {
    const float *values;
    const int64_t *counts; /* of each value; NULL: once */
    size_t count;
    double mean; /* known in the second pass */
    struct chunk_sums *chunks;
};

static size_t chunk_end(size_t begin, size_t count)
{
    return count - begin > CHUNK ? begin + CHUNK : count;
}

static void sum_chunk(void *context, size_t chunk, int worker)
{
    (void)worker;
    const struct sums_job *job = context;
    struct chunk_sums *out = &job->chunks[chunk];
    double sums[LANES] = {0};
    *out = (struct chunk_sums){.least = INFINITY, .most = -INFINITY};
    size_t begin = chunk * CHUNK, end = chunk_end(begin, job->count);
    for (size_t i = begin; i < end; i++) {
        double value = job->values[i];
        int64_t times = job->counts ? job->counts[i] : 1;
        out->count += times;
        if (!isfinite(value) || times == 0) continue;
        sums[i % LANES] += value * (double)times;
        out->least = value < out->least ? value : out->least;
        out->most = value > out->most ? value : out->most;
        out->finite_count += times;
    }
    for (int lane = 0; lane < LANES; lane++) out->sum += sums[lane];
}

static void square_chunk(void *context, size_t chunk, int worker)
{
    (void)worker;
    const struct sums_job *job = context;
    double sums[LANES] = {0};
    size_t begin = chunk * CHUNK, end = chunk_end(begin, job->count);
    for (size_t i = begin; i < end; i++) {
        double distance = job->values[i] - job->mean, times = job->counts ? (double)job->counts[i] : 1;
        if (isfinite(distance)) sums[i % LANES] += distance * distance * times;
    }
    for (int lane = 0; lane < LANES; lane++) job->chunks[chunk].squares += sums[lane];
}

fringe_status plane_statistics_summarise_counted(const float *values, const int64_t *counts, size_t count,
                                                 const fringe_run *run, struct plane_summary *summary,
                                                 fringe_error *error)
{
    *summary = (struct plane_summary){0};
    size_t chunks = count / CHUNK + (count % CHUNK != 0);
    struct sums_job job = {values, counts, count, 0, alloc_array(chunks, sizeof *job.chunks)};
    if (!job.chunks) return failure_memory(error, "statistics of the image", chunks * sizeof *job.chunks);
    fringe_status status = run_state_parallel(run, chunks, sum_chunk, &job, error);
    if (status) goto done;

    double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
    int64_t all_count = 0, finite_count = 0;
    for (size_t i = 0; i < chunks; i++) {
        sum += job.chunks[i].sum;
        least = fmin(least, job.chunks[i].least);
        most = fmax(most, job.chunks[i].most);
        all_count += job.chunks[i].count;
        finite_count += job.chunks[i].finite_count;
    }
    summary->finite_count = finite_count;
    summary->non_finite_count = all_count - finite_count;
    if (finite_count == 0) goto done;

    job.mean = sum / (double)finite_count;
    status = run_state_parallel(run, chunks, square_chunk, &job, error);
    if (status) goto done;
    for (size_t i = 0; i < chunks; i++) squares += job.chunks[i].squares;
    summary->mean = job.mean;
    summary->sd = sqrt(squares / (double)finite_count);
    summary->least = least;
    summary->most = most;
done:
    alloc_free(job.chunks);
    return status;
}

fringe_status plane_statistics_summarise(const float *values, size_t count, const fringe_run *run,
                                         struct plane_summary *summary, fringe_error *error)
{
    return plane_statistics_summarise_counted(values, NULL, count, run, summary, error);
}

/* ---- percentiles ---- */

/* A float's bits as an unsigned number of the same order. */
static uint32_t ordered_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static float ordered_value(uint32_t ordered)
{
    uint32_t bits = ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* An order statistic that is looked for: the value of rank `rank` from 0. */
struct wanted {
    int64_t rank;
    uint32_t high; /* upper 16 bits of its ordered bits, known after the first count */
    size_t table;  /* the second count's table for this `high` */
    float value;
};

struct count_job {
    const float *values;
    const int64_t *counts; /* of each value; NULL: once */
    size_t count, workers;
    size_t tables;         /* histograms of each worker: 1 in the first count */
    const uint32_t *highs; /* second count: the upper halves that tables stand for; first count: NULL */
    int64_t *bins;         /* (workers, tables, BINS) */
};

/* Counts share no bins and are whole numbers, so neither the order nor the number of workers matters. */
static void count_chunk(void *context, size_t chunk, int worker)
{
    const struct count_job *job = context;
    int64_t *bins = job->bins + (size_t)worker * job->tables * BINS;
    size_t begin = chunk * CHUNK, end = chunk_end(begin, job->count);
    for (size_t i = begin; i < end; i++) {
        if (!isfinite(job->values[i])) continue;
        uint32_t ordered = ordered_bits(job->values[i]);
        int64_t times = job->counts ? job->counts[i] : 1;
        if (!job->highs) {
            bins[ordered >> 16] += times;
            continue;
        }
        for (size_t t = 0; t < job->tables; t++)
            if (ordered >> 16 == job->highs[t]) bins[t * BINS + (ordered & 0xffff)] += times;
    }
}

/* Counts all values and leaves the sum over the workers in the first worker's tables. */
static fringe_status count_all(struct count_job *job, const fringe_run *run, fringe_error *error)
{
    size_t size = job->tables * BINS;
    memset(job->bins, 0, job->workers * size * sizeof *job->bins);
    fringe_status status =
        run_state_parallel(run, job->count / CHUNK + (job->count % CHUNK != 0), count_chunk, job, error);
    for (size_t w = 1; w < job->workers; w++)
        for (size_t i = 0; i < size; i++) job->bins[i] += job->bins[w * size + i];
    return status;
}

/* The bin in which the value of this rank lies; *rank becomes its rank within the bin. */
static uint32_t bin_of_rank(const int64_t *bins, int64_t *rank)
{
    uint32_t bin = 0;
    while (bin < BINS - 1 && *rank >= bins[bin]) *rank -= bins[bin++];
    return bin;
}

static fringe_status find_ranks(struct count_job *job, struct wanted *wanted, size_t wanted_count,
                                const fringe_run *run, fringe_error *error)
{
    uint32_t highs[2 * PLANE_MOST_PERCENTILES];
    size_t tables = 0;
    for (size_t i = 0; i < wanted_count; i++) {
        wanted[i].high = bin_of_rank(job->bins, &wanted[i].rank);
        size_t t = 0;
        while (t < tables && highs[t] != wanted[i].high) t++;
        if (t == tables) highs[tables++] = wanted[i].high;
        wanted[i].table = t;
    }
    job->highs = highs;
    job->tables = tables;
    fringe_status status = count_all(job, run, error);
    if (status) return status;
    for (size_t i = 0; i < wanted_count; i++) {
        uint32_t low = bin_of_rank(job->bins + wanted[i].table * BINS, &wanted[i].rank);
        wanted[i].value = ordered_value(wanted[i].high << 16 | low);
    }
    return FRINGE_OK;
}

fringe_status plane_statistics_percentiles_counted(const float *values, const int64_t *counts, size_t count,
                                                   const double *percents, size_t percent_count,
                                                   double *results, const fringe_run *run,
                                                   fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    if (percent_count > PLANE_MOST_PERCENTILES)
        return failure_set(error, FRINGE_ARGUMENT, "%zu percentiles were asked for, at most %d at a time",
                           percent_count, PLANE_MOST_PERCENTILES);
    for (size_t i = 0; i < percent_count; i++) {
        results[i] = 0;
        if (!(percents[i] >= 0 && percents[i] <= 100))
            return failure_set(error, FRINGE_ARGUMENT, "percentile %s is not in 0 to 100",
                               number_text(percents[i], 6, text));
    }
    if (percent_count == 0) return FRINGE_OK;
    size_t workers = (size_t)fringe_run_threads(run), most_tables = 2 * percent_count;
    if (count <= CHUNK) workers = 1; /* the caller, who takes the only chunk */
    struct count_job job = {
        .values = values, .counts = counts, .count = count, .workers = workers, .tables = 1};
    job.bins = alloc_array(workers * most_tables * BINS, sizeof *job.bins);
    if (!job.bins)
        return failure_memory(error, "percentiles", workers * most_tables * BINS * sizeof *job.bins);
    fringe_status status = count_all(&job, run, error);
    if (status) goto done;
    int64_t finite_count = 0;
    for (size_t i = 0; i < BINS; i++) finite_count += job.bins[i];
    if (finite_count == 0) goto done;

    struct wanted wanted[2 * PLANE_MOST_PERCENTILES];
    double share[PLANE_MOST_PERCENTILES]; /* of the upper neighbour */
    for (size_t i = 0; i < percent_count; i++) {
        double position = percents[i] / 100 * (double)(finite_count - 1);
        int64_t below = (int64_t)position, above = below + (below < finite_count - 1);
        share[i] = position - (double)below;
        wanted[2 * i] = (struct wanted){.rank = below};
        wanted[2 * i + 1] = (struct wanted){.rank = above};
    }
    status = find_ranks(&job, wanted, 2 * percent_count, run, error);
    if (status) goto done;
    for (size_t i = 0; i < percent_count; i++) {
        double below = wanted[2 * i].value, above = wanted[2 * i + 1].value;
        /* From the nearer neighbour, as NumPy does: exact at both ends. */
        results[i] =
            share[i] < 0.5 ? below + (above - below) * share[i] : above - (above - below) * (1 - share[i]);
    }
done:
    alloc_free(job.bins);
    return status;
}

fringe_status plane_statistics_percentiles(const float *values, size_t count, const double *percents,
                                           size_t percent_count, double *results, const fringe_run *run,
                                           fringe_error *error)
{
    return plane_statistics_percentiles_counted(values, NULL, count, percents, percent_count, results, run,
                                                error);
}
