/* plan_schedule.c - which rows when, and where they lie.
 *
 * A run is a sequence of bands. For each, the rows wanted of the outputs are followed backwards through the
 * steps' dependences to the rows that every slot must have (schedule_targets). The first band of a deep
 * network wants hundreds of rows of the input, which would leave the cache before the next layer sees them: a
 * band is therefore done in waves, in each of which a few rows come in and every step goes as far as they
 * take it (schedule_wave). Behind each wave the rows that no step needs any more are given up
 * (schedule_keeps). Playing this through without computing gives each ring's size.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/plan_build.h"

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

struct dependence dependence_window(int64_t stride, int64_t pad, int64_t dilation, int64_t kernel)
{
    return (struct dependence){
        .multiply = stride, .divide = 1, .low = -pad, .high = (kernel - 1) * dilation - pad};
}

struct dependence dependence_transposed(int64_t stride, int64_t pad, int64_t dilation, int64_t kernel)
{
    /* o = i * stride - pad + k * dilation, solved for i: upwards for the last k, downwards for the first. */
    return (struct dependence){
        .multiply = 1, .divide = stride, .low = pad - (kernel - 1) * dilation + stride - 1, .high = pad};
}

struct dependence dependence_whole(void)
{
    return (struct dependence){.whole = 1};
}

fringe_status dependence_table(struct dependence *dependence, const int32_t *low, const int32_t *high,
                               int64_t out, int64_t in, fringe_error *error)
{
    struct dependence_range *table = alloc_array((size_t)out, sizeof *table);
    if (!table) return failure_memory(error, "rows of a layer", (unsigned long long)out * sizeof *table);
    int32_t rest = (int32_t)in;
    for (int64_t i = out - 1; i >= 0; i--) {
        table[i].low = low[i] < 0 ? 1 : low[i];
        table[i].high = low[i] < 0 ? 0 : high[i];
        if (low[i] >= 0 && low[i] < rest) rest = low[i];
        table[i].rest_low = rest;
    }
    *dependence = (struct dependence){.table = table};
    return FRINGE_OK;
}

void dependence_needs(const struct dependence *d, int64_t in, int64_t begin, int64_t end, int64_t *in_begin,
                      int64_t *in_end)
{
    *in_begin = *in_end = 0;
    if (begin >= end) return;
    if (d->quantum > 1) {
        begin -= begin % d->quantum;
        end = (end + d->quantum - 1) / d->quantum * d->quantum;
    }
    int64_t low = in, high = -1;
    if (d->whole) {
        low = 0, high = in - 1;
    } else if (d->table) {
        for (int64_t o = begin; o < end; o++) {
            if (d->table[o].low > d->table[o].high) continue;
            if (d->table[o].low < low) low = d->table[o].low;
            if (d->table[o].high > high) high = d->table[o].high;
        }
    } else {
        low = clamp(floor_divide(begin * d->multiply + d->low, d->divide), 0, in);
        high = clamp(floor_divide((end - 1) * d->multiply + d->high, d->divide), -1, in - 1);
    }
    if (low > high) return;
    *in_begin = low;
    *in_end = high + 1;
}

int64_t dependence_keeps(const struct dependence *d, int64_t in, int64_t begin, int64_t out)
{
    if (begin >= out) return in;
    if (d->whole) return 0;
    if (d->table) return d->table[begin].rest_low;
    if (d->quantum > 1) begin -= begin % d->quantum;
    return clamp(floor_divide(begin * d->multiply + d->low, d->divide), 0, in);
}

int64_t schedule_rows(const struct network *network)
{
    return network->output_slots[0] < 0 ? 1 : network->slots[network->output_slots[0]].height;
}

void schedule_targets(const struct network *network, const int64_t *end, int64_t done, int64_t *target)
{
    int64_t rows = schedule_rows(network);
    memcpy(target, end, network->slot_count * sizeof *target);
    for (size_t i = 0; i < network->output_count; i++) {
        int slot = network->output_slots[i];
        if (slot < 0) continue;
        int64_t height = network->slots[slot].height; /* other outputs keep pace with the first */
        int64_t wanted = done >= rows ? height : height * done / rows;
        if (wanted > target[slot]) target[slot] = wanted;
    }
    for (size_t s = network->step_count; s-- > 0;) {
        const struct step *step = &network->steps[s];
        if (step->lump_rows > 1) { /* whole groups of rows, up to the last row */
            int64_t height = network->slots[step->output].height;
            int64_t whole = (target[step->output] + step->lump_rows - 1) / step->lump_rows * step->lump_rows;
            target[step->output] = whole < height ? whole : height;
        }
        for (size_t i = 0; i < step->input_count; i++) {
            int slot = step->inputs[i];
            int64_t in_begin, in_end;
            dependence_needs(&step->rows[i], network->slots[slot].height, end[step->output],
                             target[step->output], &in_begin, &in_end);
            if (in_end > target[slot]) target[slot] = in_end;
        }
    }
}

/* The rows of a step's output, at most `target`, that its inputs' rows up to `wave` are enough for. */
static int64_t rows_within(const struct network *network, const struct step *step, int64_t begin,
                           int64_t target, const int64_t *wave)
{
    for (size_t i = 0; i < step->input_count; i++) {
        int64_t low = begin, in_begin, in_end;
        while (low < target) { /* of low they are enough, of more than `target` not */
            int64_t middle = low + (target - low + 1) / 2;
            dependence_needs(&step->rows[i], network->slots[step->inputs[i]].height, begin, middle, &in_begin,
                             &in_end);
            if (in_end <= wave[step->inputs[i]])
                low = middle;
            else
                target = middle - 1;
        }
    }
    return target;
}

int schedule_wave(const struct network *network, const int64_t *end, const int64_t *target, int64_t *wave)
{
    int last = 1;
    memcpy(wave, target, network->slot_count * sizeof *wave);
    for (size_t i = 0; network->waves && i < network->input_count; i++) {
        int slot = network->input_slots[i];
        int64_t rows = schedule_rows(network), height = network->slots[slot].height;
        int64_t most = (network->band_rows * height + rows - 1) / rows;
        if (target[slot] - end[slot] < 2 * most) continue; /* two small waves are not better than one */
        wave[slot] = end[slot] + most;
        last = 0;
    }
    for (size_t s = 0; !last && s < network->step_count; s++) {
        const struct step *step = &network->steps[s];
        int64_t begin = end[step->output], most = target[step->output];
        if (step->input_count == 0 || begin >= most) continue;
        int64_t reached = rows_within(network, step, begin, most, wave);
        if (reached < most && step->lump_rows > 1) reached -= reached % step->lump_rows;
        wave[step->output] = reached > begin ? reached : begin;
    }
    return last;
}

void schedule_keeps(const struct network *network, const int64_t *end, int64_t *keep)
{
    for (size_t i = 0; i < network->slot_count; i++) keep[i] = end[i];
    for (size_t s = 0; s < network->step_count; s++) {
        const struct step *step = &network->steps[s];
        for (size_t i = 0; i < step->input_count; i++) {
            int slot = step->inputs[i];
            int64_t first = dependence_keeps(&step->rows[i], network->slots[slot].height, end[step->output],
                                             network->slots[step->output].height);
            if (first < keep[slot]) keep[slot] = first;
        }
    }
}

/* Plays all bands: sets each rows slot's ring size and whether it is carried. */
static fringe_status size_rings(struct network *network, fringe_error *error)
{
    size_t count = network->slot_count;
    int64_t *state = alloc_array(4 * count + 1, sizeof *state);
    if (!state) return failure_memory(error, "schedule", 4 * count * sizeof *state);
    int64_t *end = state, *keep = state + count, *target = state + 2 * count, *wave = state + 3 * count;
    int64_t rows = schedule_rows(network);
    for (int64_t done = 0; done < rows;) {
        done = done + network->band_rows < rows ? done + network->band_rows : rows;
        schedule_targets(network, end, done, target);
        for (int last = 0; !last;) {
            last = schedule_wave(network, end, target, wave);
            for (size_t i = 0; i < count; i++)
                if (wave[i] - keep[i] > network->slots[i].capacity)
                    network->slots[i].capacity = wave[i] - keep[i];
            memcpy(end, wave, count * sizeof *end);
            schedule_keeps(network, end, keep);
            for (size_t i = 0; i < count; i++)
                if ((done < rows || !last) && keep[i] < end[i]) network->slots[i].carried = 1;
        }
    }
    alloc_free(state);
    return FRINGE_OK;
}

/* The most that dense tensors take at a time: each from the step that fills it to the last that reads it, or
 * to the end of the run, where that reader goes on behind the first band. */
static fringe_status dense_peak(const struct network *network, size_t *peak, fringe_error *error)
{
    size_t count = network->slot_count, steps = network->step_count;
    int64_t *end = alloc_array(2 * count + steps + 1, sizeof *end), bytes = 0;
    if (!end) return failure_memory(error, "schedule", (2 * count + steps) * sizeof *end);
    int64_t *target = end + count, *change = target + count; /* of the bytes held, with each step */
    schedule_targets(network, end, network->band_rows, target);
    for (size_t i = 0; i < count; i++) {
        const struct slot *slot = &network->slots[i];
        if (slot->form != SLOT_DENSE) continue;
        int64_t own = (int64_t)tensor_bytes(&network->graph->values[slot->value].tensor);
        change[slot->first_step] += own;
        if (slot->last_step >= (int)steps) continue; /* an output */
        const struct step *last = &network->steps[slot->last_step];
        if (target[last->output] >= network->slots[last->output].height) change[slot->last_step + 1] -= own;
    }
    *peak = 0;
    for (size_t s = 0; s < steps; s++) {
        bytes += change[s];
        *peak = (size_t)bytes > *peak ? (size_t)bytes : *peak;
    }
    alloc_free(end);
    return FRINGE_OK;
}

static size_t slot_floats(const struct slot *slot)
{
    return (size_t)(slot->batch * slot->channels) * slot->plane_stride;
}

/* Gives each rows slot its place. Carried slots stand alone; the others live from the step that fills them to
 * the last that reads them, and take the first gap among those alive at the same time. Slots come in the
 * order of the steps that fill them, so that one that is dead stays so: a chain of any length takes linear
 * time. */
static fringe_status place_slots(struct network *network, fringe_error *error)
{
    size_t floats = 0, alive_count = 0;
    const double most = 9e15; /* floats: any sum below stays exact and far from overflow */
    for (size_t i = 0; i < network->slot_count; i++) {
        struct slot *slot = &network->slots[i];
        if (slot->form != SLOT_ROWS) continue;
        if (slot->capacity == 0) slot->capacity = 1;
        slot->plane_stride = (size_t)(slot->capacity + 1) * slot->row_stride + ROWS_MARGIN;
        if ((double)slot->plane_stride * (double)slot->batch * (double)slot->channels > most)
            return failure_set(error, FRINGE_MEMORY, "%s: rows of a layer do not fit into memory",
                               network->graph->values[slot->value].name);
        if (!slot->carried) continue;
        slot->offset = floats + ROWS_MARGIN;
        floats += slot_floats(slot);
    }
    size_t shared_from = floats;
    size_t *alive = alloc_array(network->slot_count + 1, sizeof *alive);
    if (!alive) return failure_memory(error, "schedule", network->slot_count * sizeof *alive);
    for (size_t i = 0; i < network->slot_count; i++) {
        struct slot *slot = &network->slots[i];
        if (slot->form != SLOT_ROWS || slot->carried) continue;
        size_t at = shared_from, size = slot_floats(slot), kept = 0;
        for (size_t k = 0; k < alive_count; k++)
            if (network->slots[alive[k]].last_step >= slot->first_step) alive[kept++] = alive[k];
        alive_count = kept;
        for (int moved = 1; moved;) {
            moved = 0;
            for (size_t k = 0; k < alive_count; k++) {
                const struct slot *other = &network->slots[alive[k]];
                size_t begin = other->offset - ROWS_MARGIN, end = begin + slot_floats(other);
                if (at < end && begin < at + size) at = end, moved = 1;
            }
        }
        slot->offset = at + ROWS_MARGIN;
        if (at + size > floats) floats = at + size;
        alive[alive_count++] = i;
    }
    alloc_free(alive);
    network->workspace_floats = floats + 4 * ROWS_MARGIN; /* kernels may read a little beyond the last row */
    return FRINGE_OK;
}

/* A band whose largest layer takes a few megabytes: rows stay in the outer cache from layer to layer (bands
 * that fit into L2 are no faster), and deep layers, of which a band has few rows, are still enough to share
 * out. Whole multiples of the stride, so that deep layers have whole rows to do. */
static int64_t choose_band(const struct network *network)
{
    const double cache_floats = 1024 * 1024;
    double row_floats = 1;
    int64_t rows = schedule_rows(network);
    for (size_t i = 0; i < network->slot_count; i++) {
        const struct slot *slot = &network->slots[i];
        if (slot->form != SLOT_ROWS) continue;
        double share = (double)slot->height / (double)rows; /* rows of this slot for a row of output */
        double floats = (double)(slot->batch * slot->channels) * (double)slot->row_stride * share;
        if (floats > row_floats) row_floats = floats;
    }
    int64_t stride = network->facts.stride;
    int64_t bands = (int64_t)(cache_floats / row_floats) / stride;
    return stride * clamp(bands, 1, 1 + 256 / stride);
}

fringe_status schedule_plan(struct network *network, int64_t band_rows, fringe_error *error)
{
    for (size_t s = 0; s < network->step_count; s++) {
        const struct step *step = &network->steps[s];
        for (size_t i = 0; i < step->input_count; i++) network->slots[step->inputs[i]].last_step = (int)s;
        if (step->scratch_floats > network->scratch_floats) network->scratch_floats = step->scratch_floats;
    }
    for (size_t i = 0; i < network->output_count; i++)
        if (network->output_slots[i] >= 0)
            network->slots[network->output_slots[i]].last_step = (int)network->step_count;
    schedule_facts(network);
    /* Dense tensors are freed by the order of the steps, which waves would break. */
    network->waves = 1;
    for (size_t i = 0; i < network->slot_count; i++) network->waves &= network->slots[i].form == SLOT_ROWS;
    int64_t rows = schedule_rows(network);
    int64_t band = band_rows > 0 ? band_rows : choose_band(network);
    network->band_rows = band < rows ? band : rows;
    if (network->band_rows < 1) network->band_rows = 1;
    fringe_status status = size_rings(network, error);
    if (!status) status = place_slots(network, error);
    size_t dense = 0;
    if (!status) status = dense_peak(network, &dense, error);
    network->facts.workspace_bytes =
        (network->workspace_floats + network->scratch_floats) * sizeof(float) + dense;
    network->facts.band_rows = network->band_rows;
    return status;
}
