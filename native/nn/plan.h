/* plan.h - the parts of a network: slots that hold values and steps that fill them.
 *
 * A slot holds a value of the graph in one of two forms. A *rows* slot is (N * C planes, H rows, W columns)
 * of float of which only a window of rows exists at a time, in a ring: row r lies at ring position r %
 * capacity. Each row has ROWS_MARGIN zeros before and at least as many behind it, and each plane one more row
 * of zeros at position `capacity`, so that a convolution reads its zero padding like any pixel. A *dense*
 * slot is a whole tensor and counts as one row.
 *
 * A step fills one slot (Split: one step for each output) from others, row by row. What a row of the output
 * needs of an input is a `dependence`; from those alone the schedule, the memory and the receptive field
 * follow.
 */
#ifndef NN_PLAN_H
#define NN_PLAN_H

#include "nn/graph.h"
#include "nn/network.h"
#include "nn/operator_params.h"

enum { ROWS_MARGIN = 16 }; /* floats: one AVX-512 vector */

/* Output index o of an axis needs input indices floor((o * multiply + low) / divide) to
 * floor((o * multiply + high) / divide), cut to the axis; or, where `table` is set, table[o].low to
 * table[o].high; or, where `whole` is set, all. */
struct dependence {
    int whole;
    int64_t multiply, divide, low, high;
    int64_t
        quantum; /* > 1: outputs are computed in groups of this many, counted from 0 (and tables have none) */
    struct dependence_range {
        int32_t low, high; /* inclusive; low > high: nothing */
        int32_t rest_low;  /* the least that this output index or a later one needs */
    } * table;
};

/* The inputs [*in_begin, *in_end) that outputs [begin, end) need; empty (both 0) when none. `in` is the
 * length of the input axis. */
void dependence_needs(const struct dependence *d, int64_t in, int64_t begin, int64_t end, int64_t *in_begin,
                      int64_t *in_end);
/* The least input index that outputs from `begin` on need; `in` where they need none. `out` is the length of
 * the output axis. */
int64_t dependence_keeps(const struct dependence *d, int64_t in, int64_t begin, int64_t out);

enum slot_form { SLOT_ROWS, SLOT_DENSE };

struct slot {
    enum slot_form form;
    int value; /* of the graph */
    /* rows */
    int64_t batch, channels, height, width;
    int64_t capacity;                /* rows in the ring */
    size_t row_stride, plane_stride; /* floats */
    size_t offset; /* floats from the workspace's start to plane 0, ring position 0, column 0 */
    int carried;   /* some rows outlive a band: the memory is the slot's alone */
    /* both */
    int first_step, last_step; /* that writes it, that reads it last; for sharing memory */
    int output;                /* index of the graph's output, -1 */
};

enum { STEP_MOST_INPUTS = 16 };

struct step;
struct execution;

/* What a kind of step does. */
struct step_kind {
    const char *name;
    /* Computes parts [part] of output row `row` (of `step->parts`); NULL for inputs and dense steps. */
    void (*row)(const struct step *step, struct execution *execution, int64_t row, int part, int worker);
    /* Instead, for kinds that compute several rows together: rows [row, row_end), `step->block_rows` of them
     * or, at the end of a range, fewer. */
    void (*rows)(const struct step *step, struct execution *execution, int64_t row, int64_t row_end, int part,
                 int worker);
    /* Frees what the step's own data owns. */
    void (*clear)(struct step *step);
};

struct step {
    const struct step_kind *kind;
    const struct graph_node *node; /* for names; NULL for inputs and conversions */
    size_t input_count;
    int inputs[STEP_MOST_INPUTS]; /* slots */
    int output;                   /* slot */
    struct dependence rows[STEP_MOST_INPUTS], columns[STEP_MOST_INPUTS];
    int parts;             /* independent pieces of a row */
    int block_rows;        /* rows computed together; 0 stands for 1 */
    int lump_rows;         /* rows to wait for before any is computed, up to the last; 0 stands for 1 */
    double flop;           /* of the whole output */
    size_t scratch_floats; /* per worker */
    /* dense steps with more than one output: the others' slots, -1 */
    size_t output_count;
    int *outputs;
    void *data; /* the kind's own */
};

struct network {
    struct graph *graph;
    size_t slot_count, step_count;
    struct slot *slots;
    struct step *steps;
    size_t input_count, output_count;
    int *input_values; /* graph values that are not bound */
    int *input_slots;
    int *output_slots; /* -1 where the output is a constant */
    size_t workspace_floats, scratch_floats;
    int64_t band_rows;
    int waves; /* bands may be done in waves */
    struct network_facts facts;
};

/* The state of a run. */
struct execution {
    const struct network *network;
    float *memory;        /* the rows slots */
    float *scratch;       /* scratch_floats for each worker */
    struct tensor *dense; /* one for each slot; data where it is a dense slot that is there */
    /* for each slot: rows computed, first row still there, rows to compute in this band and in this wave */
    int64_t *end, *keep, *target, *wave;
    const fringe_run *run;
};

/* Where row `row` of plane 0 lies; a row outside [0, height) gives the row of zeros. */
static inline float *execution_row(const struct execution *execution, const struct slot *slot, int64_t row)
{
    int64_t at = row < 0 || row >= slot->height ? slot->capacity : row % slot->capacity;
    return execution->memory + slot->offset + (size_t)at * slot->row_stride;
}

static inline float *execution_scratch(const struct execution *execution, int worker)
{
    return execution->scratch + (size_t)worker * execution->network->scratch_floats;
}

#endif
