/* plan_facts.c - what a plan says about its network: stride, reach, cost, and whether it streams. */
#include <string.h>

#include "base/alloc.h"
#include "nn/plan_build.h"

static int64_t greatest_common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Sampling of a slot against the input: `down` input pixels make `up` of its own, in lowest terms. */
struct sampling {
    int64_t up, down;
};

static struct sampling reduced(int64_t up, int64_t down)
{
    int64_t divisor = greatest_common_divisor(up, down);
    return divisor > 0 ? (struct sampling){up / divisor, down / divisor} : (struct sampling){1, 1};
}

/* Rows of the image that a slot holds; 0 where it is no image but a number for each channel, or has another
 * rank, as between the Reshapes around a group normalisation. */
static int64_t image_rows(const struct network *network, int slot)
{
    const struct tensor *t = &network->graph->values[network->slots[slot].value].tensor;
    return t->rank == 4 && t->dims[2] > 1 ? t->dims[2] : 0;
}

/* A step's own factor on one axis, taken from its dependence; 0, 0 where it has none (some tables, a change
 * of the whole image's size). */
static struct sampling step_sampling(const struct step *step, size_t input, const struct network *network)
{
    const struct dependence *d = &step->rows[input];
    if (d->whole || network->slots[step->output].form == SLOT_DENSE ||
        network->slots[step->inputs[input]].form == SLOT_DENSE) {
        int64_t in = image_rows(network, step->inputs[input]), out = image_rows(network, step->output);
        return in == 0 || out == 0 || in == out ? (struct sampling){1, 1} : (struct sampling){0, 0};
    }
    if (d->multiply == 0) {
        if (!d->table) return (struct sampling){0, 0};
        /* A resize by a ratio shows in the lengths; a pad or a cut, which also have tables, change them by
         * little. */
        int64_t in = network->slots[step->inputs[input]].height, out = network->slots[step->output].height;
        if (in > 0 && out % in == 0) return (struct sampling){out / in, 1};
        if (out > 0 && in % out == 0) return (struct sampling){1, in / out};
        return (struct sampling){1, 1};
    }
    return reduced(d->divide, d->multiply);
}

/* Input pixels that output column `middle` depends on, to either side: its needs are followed back through
 * all steps. `exact` counts what may change the last bit: a layer that works in groups of columns may have
 * the pixel at either end of its group. */
static int64_t reach_of_column(const struct network *network, int exact, int64_t middle, int64_t *low,
                               int64_t *high)
{
    int output = network->output_slots[0];
    if (output < 0 || network->slots[output].form != SLOT_ROWS) return -1;
    for (size_t i = 0; i < network->slot_count; i++) low[i] = INT64_MAX, high[i] = INT64_MIN;
    int64_t reach = 0;
    low[output] = middle;
    high[output] = middle + 1;
    for (size_t s = network->step_count; s-- > 0;) {
        const struct step *step = &network->steps[s];
        if (high[step->output] < low[step->output]) continue;
        for (size_t i = 0; i < step->input_count; i++) {
            int slot = step->inputs[i];
            if (step->columns[i].whole || network->slots[slot].form != SLOT_ROWS) return -1;
            struct dependence d = step->columns[i];
            if (d.quantum > 1 && exact) {
                d.low -= d.quantum - 1;
                d.high += d.quantum - 1;
            }
            d.quantum = 0;
            int64_t begin, end;
            dependence_needs(&d, network->slots[slot].width, low[step->output], high[step->output], &begin,
                             &end);
            if (begin == end) continue;
            if (begin < low[slot]) low[slot] = begin;
            if (end > high[slot]) high[slot] = end;
        }
    }
    double scale = (double)network->slots[output].width;
    for (size_t i = 0; i < network->input_count; i++) {
        int slot = network->input_slots[i];
        if (slot < 0 || high[slot] < low[slot]) continue;
        int64_t centre = (int64_t)((double)middle * (double)network->slots[slot].width / scale);
        if (centre - low[slot] > reach) reach = centre - low[slot];
        if (high[slot] - 1 - centre > reach) reach = high[slot] - 1 - centre;
    }
    return reach;
}

/* The longest of them: columns reach differently far according to where they lie within the stride. */
static int64_t reach_of(const struct network *network, int exact, int64_t *low, int64_t *high)
{
    int output = network->output_slots[0];
    int64_t middle = output < 0 ? 0 : network->slots[output].width / 2, reach = 0;
    for (int64_t phase = 0; phase < network->facts.stride && phase <= middle && reach >= 0; phase++) {
        int64_t own = reach_of_column(network, exact, middle - phase, low, high);
        reach = own < 0 || own > reach ? own : reach;
    }
    return reach;
}

static int64_t common_multiple(int64_t a, int64_t b)
{
    int64_t factor = b / greatest_common_divisor(a, b);
    return factor < INT32_MAX / a ? a * factor : a;
}

/* Who wants an input whole: a conversion does so for the first node that reads what it makes. */
static const char *whole_reader(const struct network *network, const struct step *step)
{
    if (step->node) return step->node->operator->name;
    for (size_t s = 0; s < network->step_count; s++)
        for (size_t i = 0; i < network->steps[s].input_count; i++)
            if (network->steps[s].inputs[i] == step->output && network->steps[s].node)
                return network->steps[s].node->operator->name;
    return step->kind->name;
}

void schedule_facts(struct network *network)
{
    struct network_facts *facts = &network->facts;
    facts->input_count = network->input_count;
    facts->output_count = network->output_count;
    facts->streams = facts->tiles = 1;
    facts->stride = facts->tile_stride = 1;
    struct sampling *samplings = alloc_array(network->slot_count + 1, sizeof *samplings);
    int64_t *reach = alloc_array(2 * network->slot_count + 1, sizeof *reach);
    for (size_t s = 0; s < network->step_count; s++) {
        const struct step *step = &network->steps[s];
        facts->flop += step->flop;
        if (samplings && !samplings[step->output].down) samplings[step->output] = (struct sampling){1, 1};
        for (size_t i = 0; i < step->input_count; i++) {
            if (step->rows[i].whole && facts->streams && network->slots[step->inputs[i]].height > 1) {
                facts->streams = 0;
                facts->whole_because = whole_reader(network, step);
            }
            if (!samplings) continue;
            struct sampling own = step_sampling(step, i, network), before = samplings[step->inputs[i]];
            if (!own.up) continue;
            struct sampling after = reduced(before.up * own.up, before.down * own.down);
            samplings[step->output] = after;
            facts->stride = common_multiple(facts->stride, after.down);
            int64_t quantum = step->columns[i].quantum > 1 ? step->columns[i].quantum : 1;
            facts->tile_stride = common_multiple(facts->tile_stride, after.down * quantum);
            if (after.up != 1 && after.down != 1) facts->tiles = 0;
        }
    }
    facts->reach_px = facts->tile_margin_px = -1;
    if (reach && facts->streams) {
        facts->reach_px = reach_of(network, 0, reach, reach + network->slot_count);
        facts->tile_margin_px = reach_of(network, 1, reach, reach + network->slot_count);
    }
    facts->tiles &= facts->streams && facts->reach_px >= 0;
    for (size_t i = 0; i < network->graph->model->initializer_count; i++) {
        const struct onnx_tensor *t = &network->graph->model->initializers[i];
        int64_t values = 1;
        for (int k = 0; k < t->rank; k++) values *= t->dims[k];
        if (t->type == ONNX_FLOAT || t->type == ONNX_FLOAT16 || t->type == ONNX_DOUBLE)
            facts->parameter_count += values;
    }
    alloc_free(samplings);
    alloc_free(reach);
}
