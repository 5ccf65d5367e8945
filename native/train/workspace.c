#include "train/workspace.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "train/weight_gradient.h"

/* ---- who shares memory with whom ---- */

static int reader_count(const struct layer_graph *graph, int value, int *last)
{
    int count = 0;
    *last = -1;
    for (int i = value + 1; i < graph->count; i++)
        for (int k = 0; k < graph->layers[i].input_count; k++)
            if (graph->layers[i].inputs[k] == value) {
                count++;
                *last = i;
            }
    return count;
}

/* The concatenation that a value can lie in: its last reader, so that on the way back the gradient of the
 * whole is there before anyone adds to the part; and not where both inputs are the same. */
static int concat_of(const struct layer_graph *graph, int value)
{
    int last;
    reader_count(graph, value, &last);
    if (last < 0 || graph->layers[last].kind != LAYER_CONCAT) return -1;
    return graph->layers[last].inputs[0] != graph->layers[last].inputs[1] ? last : -1;
}

/* A convolution's value can give way to that of the norm behind it: the norm alone reads it. */
static int norm_of(const struct layer_graph *graph, int value)
{
    int last;
    return graph->layers[value].kind == LAYER_CONV && reader_count(graph, value, &last) == 1 &&
                   graph->layers[last].kind == LAYER_NORM
               ? last
               : -1;
}

static void find_homes(const struct layer_graph *graph, struct workspace *w)
{
    for (int i = graph->count - 1; i >= 0; i--) {
        int concat = concat_of(graph, i), norm = norm_of(graph, i);
        w->value_homes[i] = concat >= 0 ? concat : norm >= 0 && !w->training ? norm : i;
        w->gradient_homes[i] = concat >= 0 ? concat : norm >= 0 ? norm : i;
    }
}

/* A layer's planes inside those of its home, which is laid out already. */
static struct planes planes_at_home(const struct layer_graph *graph, const struct planes *planes, int index,
                                    int home)
{
    if (graph->layers[home].kind != LAYER_CONCAT) return planes[home];
    int32_t first =
        graph->layers[home].inputs[0] == index ? 0 : graph->layers[graph->layers[home].inputs[0]].channels;
    return planes_part(&planes[home], first, graph->layers[index].channels);
}

static void lay_out(const struct layer_graph *graph, const struct workspace *w, int index,
                    struct planes *planes)
{
    const struct layer *layer = &graph->layers[index];
    planes_lay_out(planes, w->images, layer->channels, w->height >> layer->level, w->width >> layer->level);
}

static fringe_status place_values(const struct layer_graph *graph, struct workspace *w, fringe_error *error)
{
    size_t floats = 0;
    for (int i = 0; i < graph->count; i++) {
        lay_out(graph, w, i, &w->values[i]);
        if (w->value_homes[i] == i) floats += planes_floats(&w->values[i]);
    }
    w->memory = alloc_aligned(floats, sizeof(float));
    if (!w->memory) return failure_memory(error, "the values of a network's layers", 4 * floats);
    memset(w->memory, 0, floats * sizeof(float));
    float *at = w->memory;
    for (int i = graph->count - 1; i >= 0; i--) {
        if (w->value_homes[i] == i) {
            w->values[i].data = planes_data(&w->values[i], at);
            at += planes_floats(&w->values[i]);
        } else {
            w->values[i] = planes_at_home(graph, w->values, i, w->value_homes[i]);
        }
    }
    return FRINGE_OK;
}

/* ---- gradients ---- */

/* Lifetimes on the way back, from layer `first` down to layer `last`, and the place in memory. */
struct lifetime {
    int home, first, last;
    size_t begin, end;
};

static int final_home(const struct workspace *w, int index)
{
    while (w->gradient_homes[index] != index) index = w->gradient_homes[index];
    return index;
}

static void find_lifetime(const struct train_network *network, const struct workspace *w,
                          struct lifetime *life)
{
    const struct layer_graph *graph = &network->graph;
    life->first = life->last = life->home;
    for (int i = 0; i < graph->count; i++) {
        if (final_home(w, i) != life->home) continue;
        int reader;
        reader_count(graph, i, &reader);
        if (reader < 0) reader = graph->count; /* the loss */
        if (reader > life->first) life->first = reader;
        if (i < life->last) life->last = i;
    }
}

/* The lowest place that no gradient alive at the same time takes. */
static void find_place(struct lifetime *lives, int count, size_t floats)
{
    struct lifetime *life = &lives[count];
    for (int moved = 1; moved;) {
        moved = 0;
        life->end = life->begin + floats;
        for (int i = 0; i < count; i++) {
            const struct lifetime *other = &lives[i];
            int apart = other->last > life->first || other->first < life->last || other->begin >= life->end ||
                        other->end <= life->begin;
            if (apart) continue;
            life->begin = other->end;
            moved = 1;
        }
    }
}

static fringe_status place_gradients(const struct train_network *network, struct workspace *w,
                                     fringe_error *error)
{
    const struct layer_graph *graph = &network->graph;
    struct lifetime *lives = alloc_array((size_t)graph->count, sizeof *lives);
    if (!lives) return failure_memory(error, "the plan of gradients", (size_t)graph->count * sizeof *lives);
    size_t floats = 0;
    int count = 0;
    for (int i = graph->count - 1; i >= 0; i--) {
        lay_out(graph, w, i, &w->gradients[i]);
        if (final_home(w, i) != i || !network->trains[i]) continue;
        lives[count].home = i;
        find_lifetime(network, w, &lives[count]);
        size_t rounded =
            (planes_floats(&w->gradients[i]) + PLANES_MARGIN - 1) / PLANES_MARGIN * PLANES_MARGIN;
        find_place(lives, count, rounded);
        if (lives[count].end > floats) floats = lives[count].end;
        count++;
    }
    fringe_status status = FRINGE_OK;
    w->gradient_memory = alloc_aligned(floats, sizeof(float));
    if (!w->gradient_memory)
        status = failure_memory(error, "the gradients of a network's layers", 4 * floats);
    for (int i = 0; i < count && !status; i++)
        w->gradients[lives[i].home].data =
            planes_data(&w->gradients[lives[i].home], w->gradient_memory + lives[i].begin);
    for (int i = graph->count - 1; i >= 0 && !status; i--)
        if (network->trains[i] && w->gradient_homes[i] != i)
            w->gradients[i] = planes_at_home(graph, w->gradients, i, w->gradient_homes[i]);
    alloc_free(lives);
    return status;
}

/* ---- the whole ---- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* What the hungriest layer needs. */
static fringe_status take_scratch(const struct train_network *network, struct workspace *w, int workers,
                                  fringe_error *error)
{
    const struct layer_graph *graph = &network->graph;
    size_t scratch = 0, partial = 0, planes = 1;
    for (int i = 0; i < graph->count; i++) {
        const struct layer *layer = &graph->layers[i];
        planes = larger(planes, (size_t)w->images * (size_t)layer->channels);
        if (layer->kind != LAYER_CONV) continue;
        int32_t width = w->width >> layer->level, in_channels = network->forward[i].in_channels;
        scratch = larger(scratch, convolution_scratch(&network->forward[i], width));
        if (!w->training) continue;
        if (network->back[i].weights)
            scratch = larger(scratch, convolution_scratch(&network->back[i], width));
        scratch =
            larger(scratch, weight_gradient_scratch(in_channels, layer->channels, layer->kernel, width));
        partial = larger(partial, weight_gradient_partial(in_channels, layer->channels, layer->kernel));
    }
    w->scratch_stride = (scratch + PLANES_MARGIN - 1) / PLANES_MARGIN * PLANES_MARGIN;
    w->scratch = alloc_aligned(w->scratch_stride * (size_t)workers, sizeof(float));
    w->partial = alloc_aligned(partial, sizeof(float));
    w->sums = alloc_array(2 * planes, sizeof(double));
    if (w->scratch && w->partial && w->sums) return FRINGE_OK;
    return failure_memory(error, "scratch memory for training",
                          4 * (w->scratch_stride * (size_t)workers + partial));
}

fringe_status workspace_create(const struct train_network *network, int32_t images, int32_t height,
                               int32_t width, int training, int workers, struct workspace *w,
                               fringe_error *error)
{
    size_t count = (size_t)network->graph.count, norms = network->graph.statistic_count / 2;
    *w = (struct workspace){
        .images = images, .height = height, .width = width, .workers = workers, .training = training};
    w->values = alloc_array(count, sizeof *w->values);
    w->gradients = alloc_array(count, sizeof *w->gradients);
    w->value_homes = alloc_array(count, sizeof(int));
    w->gradient_homes = alloc_array(count, sizeof(int));
    w->written = alloc_array(count, sizeof(int));
    w->cleared = alloc_array(count, sizeof(int));
    w->scales = alloc_array(norms, sizeof(float));
    w->shifts = alloc_array(norms, sizeof(float));
    w->means = alloc_array(norms, sizeof(float));
    w->inverses = alloc_array(norms, sizeof(float));
    fringe_status status = FRINGE_OK;
    if (!w->values || !w->gradients || !w->value_homes || !w->gradient_homes || !w->written || !w->cleared ||
        !w->scales || !w->shifts || !w->means || !w->inverses)
        status = failure_memory(error, "the tables of a network's layers", count * sizeof *w->values);
    if (!status) {
        find_homes(&network->graph, w);
        status = place_values(&network->graph, w, error);
    }
    if (!status && training) status = place_gradients(network, w, error);
    if (!status) status = take_scratch(network, w, workers, error);
    if (status) workspace_clear(w);
    return status;
}

void workspace_clear(struct workspace *w)
{
    alloc_free(w->values);
    alloc_free(w->gradients);
    alloc_free(w->value_homes);
    alloc_free(w->gradient_homes);
    alloc_free(w->written);
    alloc_free(w->cleared);
    alloc_free(w->memory);
    alloc_free(w->gradient_memory);
    alloc_free(w->partial);
    alloc_free(w->scratch);
    alloc_free(w->scales);
    alloc_free(w->shifts);
    alloc_free(w->means);
    alloc_free(w->inverses);
    alloc_free(w->sums);
    *w = (struct workspace){0};
}
