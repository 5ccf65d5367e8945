#include "report/study_summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

/* A particle of which it can be told whether a fault is seen. */
struct decided {
    double diameter;
    size_t place; /* tells equal diameters apart: the order is the same every time */
    int fault;
};

static int by_diameter(const void *a, const void *b)
{
    const struct decided *x = a, *y = b;
    if (x->diameter != y->diameter) return x->diameter < y->diameter ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int is_wanted(const struct study *study, const struct study_particle *particle, enum study_unit unit)
{
    return particle->unit == (int)unit && study_counts(study, particle);
}

static void count_particles(const struct study *study, struct study_summary *summary)
{
    int32_t last = -1;
    for (size_t i = 0; i < study->particle_count; i++) {
        const struct study_particle *particle = &study->particles[i];
        if (particle->unit != (int)summary->unit) continue;
        summary->count++;
        summary->border_count += particle->border;
        summary->image_count += particle->image != last;
        last = particle->image;
        if (!study_counts(study, particle) || particle->fault < 0) continue;
        summary->classes[particle->fault]++;
        summary->resolved_count += particle->resolved;
        summary->decided += particle->fault != FRINGE_FAULT_UNDECIDED;
        summary->faults += fringe_fault_is_seen((fringe_fault)particle->fault);
    }
    summary->fault_share = proportion_of(summary->faults, summary->decided);
}

static fringe_status summarise_measure(const struct study *study, enum study_measure measure,
                                       struct study_summary *summary, fringe_error *error)
{
    size_t most = study->particle_count, n = 0, pairs = 0;
    double *values = alloc_array(most + 1, sizeof *values);
    double *x = alloc_array(most + 1, sizeof *x), *y = alloc_array(most + 1, sizeof *y);
    fringe_status status =
        values && x && y ? FRINGE_OK : failure_memory(error, "summary", 3 * most * sizeof *values);
    for (size_t i = 0; i < most && !status; i++) {
        const struct study_particle *particle = &study->particles[i];
        if (!is_wanted(study, particle, summary->unit)) continue;
        x[pairs] = particle->values[STUDY_DIAMETER];
        y[pairs++] = particle->values[measure];
        if (!isnan(particle->values[measure])) values[n++] = particle->values[measure];
    }
    if (!status) status = population_summarise(values, n, &summary->populations[measure], error);
    if (!status) status = rank_correlation_find(x, y, pairs, &summary->with_diameter[measure], error);
    summary->values[measure] = values;
    summary->value_counts[measure] = n;
    alloc_free(x);
    alloc_free(y);
    return status;
}

/* Faults over size: bins of equally many particles, as many as leave STUDY_BIN_LEAST_COUNT in each. */
static fringe_status fill_bins(const struct study *study, struct study_summary *summary, fringe_error *error)
{
    struct decided *decided = alloc_array((size_t)summary->decided + 1, sizeof *decided);
    int64_t counts[STUDY_BIN_MOST], totals[STUDY_BIN_MOST];
    double scores[STUDY_BIN_MOST];
    size_t n = 0;
    if (!decided)
        return failure_memory(error, "faults over size", (size_t)summary->decided * sizeof *decided);
    for (size_t i = 0; i < study->particle_count; i++) {
        const struct study_particle *particle = &study->particles[i];
        if (!is_wanted(study, particle, summary->unit) || particle->fault < 0 ||
            particle->fault == FRINGE_FAULT_UNDECIDED)
            continue;
        decided[n++] = (struct decided){particle->values[STUDY_DIAMETER], i,
                                        fringe_fault_is_seen((fringe_fault)particle->fault)};
    }
    qsort(decided, n, sizeof *decided, by_diameter);
    summary->bin_count =
        n / STUDY_BIN_LEAST_COUNT < STUDY_BIN_MOST ? n / STUDY_BIN_LEAST_COUNT : STUDY_BIN_MOST;
    for (size_t b = 0; b < summary->bin_count; b++) {
        size_t first = b * n / summary->bin_count, end = (b + 1) * n / summary->bin_count;
        struct study_bin *bin = &summary->bins[b];
        double sum = 0;
        for (size_t i = first; i < end; i++) {
            sum += decided[i].diameter;
            bin->faults += decided[i].fault;
        }
        bin->least = decided[first].diameter;
        bin->most = decided[end - 1].diameter;
        bin->decided = (int64_t)(end - first);
        bin->mean = sum / (double)bin->decided;
        bin->share = proportion_of(bin->faults, bin->decided);
        counts[b] = bin->faults;
        totals[b] = bin->decided;
        scores[b] = bin->mean;
    }
    summary->trend = proportion_trend_of(counts, totals, scores, summary->bin_count);
    alloc_free(decided);
    return FRINGE_OK;
}

/* The median; the values are sorted. */
static double median(double *values, size_t n)
{
    if (n == 0) return NAN;
    qsort(values, n, sizeof *values, by_value);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

static double column_median(const struct study *study, const struct study_summary *summary, int32_t lattice,
                            size_t offset, double *scratch)
{
    size_t n = 0;
    for (size_t i = 0; i < study->particle_count; i++) {
        const struct study_particle *particle = &study->particles[i];
        if (!is_wanted(study, particle, summary->unit) || particle->lattice != lattice) continue;
        double value = *(const double *)((const char *)particle + offset);
        if (!isnan(value)) scratch[n++] = value;
    }
    return median(scratch, n);
}

static int by_count(const void *a, const void *b)
{
    const struct study_lattice *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : strcmp(x->name, y->name);
}

/* Only the most frequent are shown: medians of the others are not looked for. */
enum { LATTICES_SHOWN = 12 };

static fringe_status list_lattices(const struct study *study, struct study_summary *summary,
                                   fringe_error *error)
{
    size_t count = study->lattice_count;
    struct study_lattice *lattices = alloc_array(count + 1, sizeof *lattices);
    double *scratch = alloc_array(study->particle_count + 1, sizeof *scratch);
    fringe_status status = lattices && scratch
                               ? FRINGE_OK
                               : failure_memory(error, "lattices", study->particle_count * sizeof *scratch);
    if (status) goto done;
    for (size_t i = 0; i < count; i++) lattices[i].name = study->lattices[i];
    for (size_t i = 0; i < study->particle_count; i++) {
        const struct study_particle *particle = &study->particles[i];
        if (particle->lattice >= 0 && is_wanted(study, particle, summary->unit))
            lattices[particle->lattice].count++;
    }
    qsort(lattices, count, sizeof *lattices, by_count);
    while (count > 0 && lattices[count - 1].count == 0) count--;
    summary->lattice_count = count < LATTICES_SHOWN ? count : LATTICES_SHOWN;
    for (size_t i = 0; i < summary->lattice_count; i++) {
        int32_t place = 0;
        while (study->lattices[place] != lattices[i].name) place++;
        struct study_lattice *lattice = &lattices[i];
        lattice->spacing_1 =
            column_median(study, summary, place, offsetof(struct study_particle, spacing_1), scratch);
        lattice->spacing_2 =
            column_median(study, summary, place, offsetof(struct study_particle, spacing_2), scratch);
        lattice->spacing_angle =
            column_median(study, summary, place, offsetof(struct study_particle, spacing_angle), scratch);
    }
    summary->lattices = lattices;
    lattices = NULL;
done:
    alloc_free(lattices);
    alloc_free(scratch);
    return status;
}

fringe_status study_summarise(const struct study *study, enum study_unit unit, struct study_summary *summary,
                              fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    *summary = (struct study_summary){.unit = unit};
    count_particles(study, summary);
    for (int i = 0; i < STUDY_MEASURE_COUNT && !status; i++)
        status = summarise_measure(study, (enum study_measure)i, summary, error);
    if (status) return status;
    summary->fit = lognormal_fit(summary->values[STUDY_DIAMETER], summary->value_counts[STUDY_DIAMETER]);
    if (!study->classified) return FRINGE_OK;
    status = fill_bins(study, summary, error);
    return status ? status : list_lattices(study, summary, error);
}

void study_summary_free(struct study_summary *summary)
{
    for (int i = 0; i < STUDY_MEASURE_COUNT; i++) alloc_free(summary->values[i]);
    alloc_free(summary->lattices);
    *summary = (struct study_summary){0};
}
