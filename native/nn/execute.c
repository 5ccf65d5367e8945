/* execute.c - runs a network, band of rows by band of rows. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "nn/plan_build.h"

struct network_workspace {
    const struct network *network;
    int threads;
    void *block; /* that holds the memory, which is aligned */
    float *memory, *scratch;
    struct tensor *dense;
    int64_t *rows; /* end, keep, target, wave of every slot */
};

fringe_status network_workspace_create(const struct network *network, int threads,
                                       struct network_workspace **result, fringe_error *error)
{
    *result = NULL;
    struct network_workspace *workspace = alloc_array(1, sizeof *workspace);
    if (!workspace) return failure_memory(error, "workspace", sizeof *workspace);
    workspace->network = network;
    workspace->threads = threads;
    /* Zeros, for margins and rows of zeros: pages that the system zeroes when a thread first comes there. */
    workspace->block =
        alloc_array(network->workspace_floats + ALLOC_ALIGNMENT / sizeof(float), sizeof(float));
    workspace->scratch = alloc_aligned(network->scratch_floats * (size_t)threads + 1, sizeof(float));
    workspace->dense = alloc_array(network->slot_count + 1, sizeof *workspace->dense);
    workspace->rows = alloc_array(4 * network->slot_count + 1, sizeof *workspace->rows);
    if (!workspace->block || !workspace->scratch || !workspace->dense || !workspace->rows) {
        network_workspace_free(workspace);
        return failure_memory(error, "workspace of the network", network->workspace_floats * sizeof(float));
    }
    uintptr_t address = (uintptr_t)workspace->block + ALLOC_ALIGNMENT - 1;
    workspace->memory = (float *)(address - address % ALLOC_ALIGNMENT);
    *result = workspace;
    return FRINGE_OK;
}

static void clear_dense(struct network_workspace *workspace)
{
    for (size_t i = 0; i < workspace->network->slot_count; i++) {
        tensor_clear(&workspace->dense[i]);
        workspace->dense[i].data = NULL; /* views of the caller's tensors too */
    }
}

void network_workspace_free(struct network_workspace *workspace)
{
    if (!workspace) return;
    if (workspace->dense) clear_dense(workspace);
    alloc_free(workspace->block);
    alloc_free(workspace->scratch);
    alloc_free(workspace->dense);
    alloc_free(workspace->rows);
    alloc_free(workspace);
}

void rows_seal(const struct slot *slot, float *row, int64_t plane_count)
{
    int64_t behind = (slot->width + 15) / 16 * 16 - slot->width;
    if (behind == 0) return;
    for (int64_t plane = 0; plane < plane_count; plane++, row += slot->plane_stride)
        memset(row + slot->width, 0, (size_t)behind * sizeof *row);
}

/* A slot that shares its memory finds others' values in its margins, behind its width and in its row of
 * zeros. */
static void clean_margins(const struct execution *execution, const struct slot *slot, int64_t begin,
                          int64_t end)
{
    size_t behind =
        slot->row_stride - (size_t)slot->width; /* from a row's last pixel to the next row's first */
    for (int64_t plane = 0; plane < slot->batch * slot->channels; plane++) {
        float *origin = execution->memory + slot->offset + (size_t)plane * slot->plane_stride;
        float *zeros = origin + (size_t)slot->capacity * slot->row_stride;
        memset(origin + (size_t)(begin % slot->capacity) * slot->row_stride - ROWS_MARGIN, 0,
               ROWS_MARGIN * sizeof *origin);
        memset(origin - ROWS_MARGIN, 0, ROWS_MARGIN * sizeof *origin); /* where the ring comes round */
        for (int64_t row = begin; row < end; row++)
            memset(origin + (size_t)(row % slot->capacity) * slot->row_stride + slot->width, 0,
                   behind * sizeof *origin);
        memset(zeros - ROWS_MARGIN, 0, (slot->row_stride + ROWS_MARGIN) * sizeof *zeros);
    }
}

/* The longest stretch of rows from `begin` that lies in one piece. */
static int64_t unbroken(const struct slot *slot, int64_t begin, int64_t end)
{
    int64_t to_wrap = slot->capacity - begin % slot->capacity;
    return end - begin < to_wrap ? end : begin + to_wrap;
}

static fringe_status fill_input(struct execution *execution, const struct slot *slot, size_t input,
                                int64_t begin, int64_t end, network_source *source, void *user,
                                fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (int64_t row = begin; !status && row < end;) {
        int64_t next = unbroken(slot, row, end);
        status = run_state_check(execution->run, error);
        if (!status)
            status = source(user, input, row, next, execution_row(execution, slot, row), slot->plane_stride,
                            slot->row_stride, error);
        row = next;
    }
    return status;
}

static fringe_status drain_output(struct execution *execution, const struct slot *slot, size_t output,
                                  int64_t begin, int64_t end, network_sink *sink, void *user,
                                  fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (int64_t row = begin; !status && row < end;) {
        int64_t next = unbroken(slot, row, end);
        status = run_state_check(execution->run, error);
        if (!status)
            status = sink(user, output, row, next, execution_row(execution, slot, row), slot->plane_stride,
                          slot->row_stride, error);
        row = next;
    }
    return status;
}

struct row_work {
    struct execution *execution;
    const struct step *step;
    int64_t begin, end;
};

static void run_block(void *context, size_t index, int worker)
{
    const struct row_work *work = context;
    const struct step *step = work->step;
    size_t parts = (size_t)step->parts;
    int part = (int)(index % parts);
    int64_t rows = step->block_rows ? step->block_rows : 1,
            row = work->begin + (int64_t)(index / parts) * rows;
    if (step->kind->rows)
        step->kind->rows(step, work->execution, row, row + rows < work->end ? row + rows : work->end, part,
                         worker);
    else
        step->kind->row(step, work->execution, row, part, worker);
}

/* What a run's caller gives and takes. */
struct ends {
    network_source *source;
    network_sink *sink;
    void *user;
};

static size_t input_of(const struct network *network, int slot)
{
    size_t i = 0;
    while (network->input_slots[i] != slot) i++;
    return i;
}

/* Brings one step's slot from end to wave. */
static fringe_status run_step(struct execution *execution, const struct step *step, const struct ends *ends,
                              fringe_error *error)
{
    const struct slot *slot = &execution->network->slots[step->output];
    int64_t begin = execution->end[step->output], end = execution->wave[step->output];
    if (begin >= end) return FRINGE_OK;
    fringe_status status = run_state_check(execution->run, error);
    if (status) return status;
    if (slot->form == SLOT_DENSE) {
        status = convert_run_dense(step, execution, error);
    } else {
        if (!slot->carried) clean_margins(execution, slot, begin, end);
        if (step->kind == &convert_input_kind) {
            status = fill_input(execution, slot, input_of(execution->network, step->output), begin, end,
                                ends->source, ends->user, error);
        } else {
            struct row_work work = {execution, step, begin, end};
            int64_t rows = step->block_rows ? step->block_rows : 1;
            size_t blocks = (size_t)((end - begin + rows - 1) / rows) * (size_t)step->parts;
            status = run_state_parallel(execution->run, blocks, run_block, &work, error);
        }
    }
    execution->end[step->output] = end;
    return status;
}

static int is_read_to_the_end(const struct execution *execution, int index)
{
    const struct network *network = execution->network;
    for (int s = network->slots[index].first_step; s <= network->slots[index].last_step; s++) {
        const struct step *reader = &network->steps[s];
        for (size_t i = 0; i < reader->input_count; i++)
            if (reader->inputs[i] == index &&
                execution->end[reader->output] < network->slots[reader->output].height)
                return 0;
    }
    return 1;
}

/* Frees the dense tensors that nobody needs any more once a step is through. */
static void give_up_dense(struct execution *execution, const struct step *step)
{
    for (size_t i = 0; i < step->input_count; i++) {
        int index = step->inputs[i];
        const struct slot *slot = &execution->network->slots[index];
        if (slot->form != SLOT_DENSE || slot->output >= 0 || !is_read_to_the_end(execution, index)) continue;
        tensor_clear(&execution->dense[index]);
        execution->dense[index].data = NULL;
    }
}

static fringe_status run_wave(struct execution *execution, const struct ends *ends, fringe_error *error)
{
    const struct network *network = execution->network;
    fringe_status status = FRINGE_OK;
    int64_t *output_begin = execution->keep; /* from here to the end of the wave `keep` is free */
    memcpy(output_begin, execution->end, network->slot_count * sizeof *output_begin);
    for (size_t s = 0; !status && s < network->step_count; s++) {
        status = run_step(execution, &network->steps[s], ends, error);
        give_up_dense(execution, &network->steps[s]);
    }
    for (size_t i = 0; !status && i < network->output_count; i++) {
        int slot = network->output_slots[i];
        if (slot < 0 || network->slots[slot].form != SLOT_ROWS) continue;
        status = drain_output(execution, &network->slots[slot], i, output_begin[slot], execution->end[slot],
                              ends->sink, ends->user, error);
    }
    schedule_keeps(network, execution->end, execution->keep);
    return status;
}

static fringe_status run_bands(struct execution *execution, const struct ends *ends, fringe_error *error)
{
    const struct network *network = execution->network;
    fringe_status status = FRINGE_OK;
    int64_t rows = schedule_rows(network);
    size_t bytes = network->slot_count * sizeof *execution->end;
    memset(execution->end, 0, bytes);
    memset(execution->keep, 0, bytes);
    run_state_progress(execution->run, 0, rows);
    for (int64_t done = 0; !status && done < rows;) {
        done = done + network->band_rows < rows ? done + network->band_rows : rows;
        schedule_targets(network, execution->end, done, execution->target);
        for (int last = 0; !status && !last;) {
            last = schedule_wave(network, execution->end, execution->target, execution->wave);
            status = run_wave(execution, ends, error);
        }
        if (!status) run_state_progress(execution->run, done, rows);
    }
    return status;
}

static struct execution begin_execution(const struct network *network, struct network_workspace *workspace,
                                        const fringe_run *run)
{
    size_t slots = network->slot_count;
    return (struct execution){.network = network,
                              .memory = workspace->memory,
                              .scratch = workspace->scratch,
                              .dense = workspace->dense,
                              .end = workspace->rows,
                              .keep = workspace->rows + slots,
                              .target = workspace->rows + 2 * slots,
                              .wave = workspace->rows + 3 * slots,
                              .run = run};
}

static fringe_status check_workspace(const struct network *network, const struct network_workspace *workspace,
                                     const fringe_run *run, fringe_error *error)
{
    if (workspace->network != network)
        return failure_set(error, FRINGE_ARGUMENT, "the workspace was made for another network");
    if (fringe_run_threads(run) > workspace->threads)
        return failure_set(error, FRINGE_ARGUMENT, "the workspace serves %d threads, the run has %d",
                           workspace->threads, fringe_run_threads(run));
    return FRINGE_OK;
}

fringe_status network_run(const struct network *network, struct network_workspace *workspace,
                          network_source *source, network_sink *sink, void *user, const fringe_run *run,
                          fringe_error *error)
{
    fringe_status status = check_workspace(network, workspace, run, error);
    for (size_t i = 0; !status && i < network->input_count; i++)
        if (network->slots[network->input_slots[i]].form != SLOT_ROWS)
            status =
                failure_set(error, FRINGE_ARGUMENT, "input '%s' is no image", network_input_name(network, i));
    for (size_t i = 0; !status && i < network->output_count; i++)
        if (network->output_slots[i] < 0 || network->slots[network->output_slots[i]].form != SLOT_ROWS)
            status = failure_set(error, FRINGE_ARGUMENT, "output '%s' is no image",
                                 network_output_name(network, i));
    if (status) return status;
    struct execution execution = begin_execution(network, workspace, run);
    struct ends ends = {source, sink, user};
    status = run_bands(&execution, &ends, error);
    clear_dense(workspace);
    return status;
}

/* ---- on dense tensors ---- */

struct dense_ends {
    const struct tensor *const *inputs;
    struct tensor *outputs;
};

/* Copies rows [begin, end) between a dense image and a ring's rows. */
static void copy_rows(float *to, size_t to_plane, size_t to_row, const float *from, size_t from_plane,
                      size_t from_row, int64_t planes, int64_t rows, int64_t width)
{
    for (int64_t plane = 0; plane < planes; plane++)
        for (int64_t row = 0; row < rows; row++)
            memcpy(to + (size_t)plane * to_plane + (size_t)row * to_row,
                   from + (size_t)plane * from_plane + (size_t)row * from_row, (size_t)width * sizeof *to);
}

static fringe_status dense_source(void *user, size_t input, int64_t begin, int64_t end, float *to,
                                  size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)error;
    const struct tensor *t = ((struct dense_ends *)user)->inputs[input];
    size_t width = (size_t)t->dims[3];
    copy_rows(to, plane_stride, row_stride, (const float *)t->data + (size_t)begin * width,
              (size_t)t->dims[2] * width, width, t->dims[0] * t->dims[1], end - begin, t->dims[3]);
    return FRINGE_OK;
}

static fringe_status dense_sink(void *user, size_t output, int64_t begin, int64_t end, const float *from,
                                size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)error;
    struct tensor *t = &((struct dense_ends *)user)->outputs[output];
    size_t width = (size_t)t->dims[3];
    copy_rows((float *)t->data + (size_t)begin * width, (size_t)t->dims[2] * width, width, from, plane_stride,
              row_stride, t->dims[0] * t->dims[1], end - begin, t->dims[3]);
    return FRINGE_OK;
}

fringe_status network_run_dense(const struct network *network, struct network_workspace *workspace,
                                const struct tensor *const *inputs, struct tensor *outputs,
                                const fringe_run *run, fringe_error *error)
{
    fringe_status status = check_workspace(network, workspace, run, error);
    if (status) return status;
    struct execution execution = begin_execution(network, workspace, run);
    for (size_t i = 0; i < network->input_count; i++) {
        int slot = network->input_slots[i];
        if (network->slots[slot].form != SLOT_DENSE) continue;
        execution.dense[slot] = *inputs[i];
        execution.dense[slot].owned = 0;
    }
    for (size_t i = 0; i < network->output_count; i++) {
        outputs[i] = *network_output(network, i);
        outputs[i].data = NULL;
    }
    for (size_t i = 0; !status && i < network->output_count; i++)
        status = tensor_allocate(&outputs[i], error);
    struct dense_ends dense = {inputs, outputs};
    struct ends ends = {dense_source, dense_sink, &dense};
    if (!status) status = run_bands(&execution, &ends, error);
    for (size_t i = 0; !status && i < network->output_count; i++) {
        int slot = network->output_slots[i];
        const struct tensor *from = slot < 0 ? network_output(network, i) : &execution.dense[slot];
        if (slot < 0 || network->slots[slot].form == SLOT_DENSE)
            memcpy(outputs[i].data, from->data, tensor_bytes(from));
    }
    clear_dense(workspace);
    for (size_t i = 0; status && i < network->output_count; i++) tensor_clear(&outputs[i]);
    return status;
}
