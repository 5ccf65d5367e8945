/* rows_conv.c - convolutions, row by row.
 *
 * Loading packs the weights and folds what follows: a batch normalisation goes into weights and bias, a ReLU
 * into the kernel, and so does the other operand of an addition, as at the end of a residual block. A
 * concatenation in front is read part by part where the parts lie, and a nearest upsampling by two in front
 * of a 1x1 convolution is done while its pixels are loaded.
 *
 * Three shapes, one kernel (tensor/conv.h). At stride 1, taps are offsets into the rows themselves; margins
 * and the row of zeros are the padding. At any other, a column matrix is gathered for a stretch of pixels,
 * and the kernel has one tap. Transposed (rows_transposed.c), each phase of the output columns is a stride-1
 * convolution with the taps of that phase, into a scratch row; the phases are then interleaved. The order of
 * the sum is channel, then tap, in all of them.
 *
 * A residual block ends in the sum of a 3x3 and a 1x1 convolution. The 1x1 is then the tail of the 3x3: it is
 * added to each stretch of pixels that the 3x3 has just written, while they are in cache.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/rows_conv.h"

static void free_parts(struct conv_data *data)
{
    alloc_free(data->weights);
    alloc_free(data->bias);
    alloc_free(data->phases);
}

void conv_clear(struct step *step)
{
    struct conv_data *data = step->data;
    if (!data) return;
    if (data->tail) free_parts(data->tail);
    alloc_free(data->tail);
    free_parts(data);
}

static const float *part_weights(const struct conv_data *data, const struct conv_part *p)
{
    return data->weights + (size_t)p->group * data->weight_floats +
           (size_t)(p->channel / CONV_BLOCK * conv_block_floats(data->in_channels, data->taps));
}

/* Offsets of taps that fit on the stack: for a row of every input, or for several rows. */
enum { TAP_SPACE = STEP_MOST_INPUTS * MOST_TAPS };

/* The parts of the input that hold a group's channels: an input slot each, or a piece of it. Their taps
 * follow one another at `taps`; returns the number of sources. */
static int find_sources(const struct step *step, const struct execution *execution,
                        const struct conv_data *data, const struct conv_part *p, int64_t row,
                        struct conv_source *sources, ptrdiff_t *taps)
{
    const struct window *w = &data->window;
    int64_t first = p->group * data->in_channels, last = first + data->in_channels, at = 0;
    int count = 0;
    for (size_t i = 0; i < data->source_count; i++) {
        const struct slot *in = &execution->network->slots[step->inputs[data->first_input + i]];
        int64_t begin = first > at ? first - at : 0,
                end = last - at < in->channels ? last - at : in->channels;
        at += in->channels;
        if (begin >= end) continue;
        struct conv_source *source = &sources[count];
        float *plane = execution->memory + in->offset;
        source->plane = plane + (size_t)(p->n * in->channels + begin) * in->plane_stride;
        source->plane_stride = in->plane_stride;
        source->channels = end - begin;
        source->doubled = data->doubled[i];
        for (int64_t ky = 0, t = 0; ky < w->kernel[0]; ky++) {
            int64_t from = row * w->stride[0] - w->pad_begin[0] + ky * w->dilation[0];
            ptrdiff_t offset = execution_row(execution, in, source->doubled ? from / 2 : from) - plane;
            for (int64_t kx = 0; kx < w->kernel[1]; kx++, t++)
                taps[t] = offset + (data->gathers ? 0 : kx * w->dilation[1] - w->pad_begin[1]);
        }
        source->taps = taps;
        taps += data->taps;
        count++;
    }
    return count;
}

void conv_add_tail(const struct step *step, const struct execution *execution, const struct conv_part *p,
                   int64_t row, int64_t x, int64_t n, float *to)
{
    const struct conv_data *tail = ((const struct conv_data *)step->data)->tail;
    const struct slot *out = &execution->network->slots[step->output];
    struct conv_source sources[STEP_MOST_INPUTS];
    ptrdiff_t taps[STEP_MOST_INPUTS];
    int count = find_sources(step, execution, tail, p, row, sources, taps);
    for (int s = 0; s < count; s++) sources[s].plane += sources[s].doubled ? x / 2 : x;
    const struct conv_sum sum = {.sources = sources,
                                 .source_count = count,
                                 .tap_count = 1,
                                 .weights = part_weights(tail, p),
                                 .bias = tail->bias + p->channel,
                                 .addend = to + x,
                                 .addend_plane_stride = out->plane_stride,
                                 .relu = tail->relu};
    tail->kernels->row(&sum, to + x, out->plane_stride, p->count, n);
}

/* Several rows at once, stretch by stretch of pixels: what one row reads of the input the next reads again,
 * and a stretch of it stays in cache where whole rows of a wide image would not. */
static void conv_rows(const struct step *step, struct execution *execution, int64_t row, int64_t row_end,
                      int part, int worker)
{
    (void)worker;
    const struct conv_data *data = step->data;
    const struct slot *out = &execution->network->slots[step->output];
    const struct conv_part p = conv_part_of(data, part);
    struct conv_source sources[BLOCK_ROWS][STEP_MOST_INPUTS];
    struct conv_sum sums[BLOCK_ROWS];
    ptrdiff_t taps[TAP_SPACE];
    float *to[BLOCK_ROWS];
    int64_t plane = (p.n * data->groups + p.group) * data->out_channels + p.channel, rows = row_end - row;
    for (int64_t r = 0; r < rows; r++) {
        sums[r] = conv_part_sum(step, execution, &p, row + r);
        sums[r].sources = sources[r];
        sums[r].source_count = find_sources(step, execution, data, &p, row + r, sources[r],
                                            taps + r * (int64_t)data->source_count * data->taps);
        sums[r].tap_count = (int)data->taps;
        sums[r].weights = part_weights(data, &p);
        to[r] = execution_row(execution, out, row + r) + (size_t)plane * out->plane_stride;
    }
    for (int64_t x = 0; x < out->width; x += STRETCH_PIXELS)
        for (int64_t r = 0; r < rows; r++) {
            int64_t n = out->width - x < STRETCH_PIXELS ? out->width - x : STRETCH_PIXELS;
            data->kernels->row(&sums[r], to[r] + x, out->plane_stride, p.count, n);
            for (int s = 0; s < sums[r].source_count; s++)
                sources[r][s].plane += sources[r][s].doubled ? n / 2 : n;
            if (sums[r].addend) sums[r].addend += n;
            if (data->tail) conv_add_tail(step, execution, &p, row + r, x, n, to[r]);
        }
    for (int64_t r = 0; r < rows; r++) rows_seal(out, to[r], p.count);
}

/* Gathers the columns for pixels [x, x + n): one row of COLUMN_PIXELS for each channel and tap. */
static void gather_columns(const struct conv_data *data, const struct conv_source *sources, int count,
                           const int64_t *widths, int64_t x, int64_t n, float *columns)
{
    const struct window *w = &data->window;
    for (int s = 0; s < count; s++)
        for (int64_t c = 0; c < sources[s].channels; c++) {
            const float *plane = sources[s].plane + (size_t)c * sources[s].plane_stride;
            for (int64_t t = 0; t < data->taps; t++, columns += COLUMN_PIXELS) {
                const float *from = plane + sources[s].taps[t];
                int64_t at = x * w->stride[1] - w->pad_begin[1] + t % w->kernel[1] * w->dilation[1];
                for (int64_t i = 0; i < n; i++, at += w->stride[1])
                    columns[i] = at >= 0 && at < widths[s] ? from[at] : 0;
            }
        }
}

static void conv_row_gathering(const struct step *step, struct execution *execution, int64_t row, int part,
                               int worker)
{
    const struct conv_data *data = step->data;
    const struct slot *out = &execution->network->slots[step->output];
    const struct conv_part p = conv_part_of(data, part);
    struct conv_source sources[STEP_MOST_INPUTS];
    ptrdiff_t taps[TAP_SPACE];
    int64_t widths[STEP_MOST_INPUTS];
    int count = find_sources(step, execution, data, &p, row, sources, taps);
    for (int s = 0; s < count; s++) widths[s] = execution->network->slots[step->inputs[0]].width;
    float *columns = execution_scratch(execution, worker);
    const ptrdiff_t no_offset = 0;
    const struct conv_source gathered = {columns, COLUMN_PIXELS, &no_offset, data->in_channels * data->taps,
                                         0};
    struct conv_sum sum = conv_part_sum(step, execution, &p, row);
    sum.sources = &gathered;
    sum.source_count = sum.tap_count = 1;
    sum.weights = part_weights(data, &p);
    int64_t plane = (p.n * data->groups + p.group) * data->out_channels + p.channel;
    float *to = execution_row(execution, out, row) + (size_t)plane * out->plane_stride;
    for (int64_t x = 0; x < out->width; x += COLUMN_PIXELS) {
        int64_t n = out->width - x < COLUMN_PIXELS ? out->width - x : COLUMN_PIXELS;
        gather_columns(data, sources, count, widths, x, n, columns);
        data->kernels->row(&sum, to + x, out->plane_stride, p.count, n);
        if (sum.addend) sum.addend += n;
    }
    rows_seal(out, to, p.count);
}

static const struct step_kind conv_kind = {.name = "conv", .rows = conv_rows, .clear = conv_clear};
static const struct step_kind conv_gathering_kind = {
    .name = "conv by columns", .row = conv_row_gathering, .clear = conv_clear};

/* ---- lowering ---- */

/* y = (conv + b) * s + t with s = gamma / sqrt(var + eps), t = beta - mean * s, in double like training does.
 */
static fringe_status fold_batch_norm(struct plan_builder *builder, int *value, int64_t channels,
                                     struct conv_folded *folded)
{
    int index = builder_sole_reader(builder, *value, "BatchNormalization");
    if (index < 0) return FRINGE_OK;
    const struct graph_node *node = &builder->graph->nodes[index];
    const struct batch_norm_params *params = node->params;
    const float *constants[4];
    if (node->inputs[0] != *value) return FRINGE_OK;
    for (size_t i = 0; i < 4; i++) {
        const struct tensor *t = builder_constant(builder, node, i + 1);
        if (!t || tensor_count(t) != channels) return FRINGE_OK;
        constants[i] = t->data;
    }
    folded->scale = alloc_array((size_t)channels, sizeof(float));
    folded->shift = alloc_array((size_t)channels, sizeof(float));
    if (!folded->scale || !folded->shift) return FRINGE_MEMORY;
    for (int64_t c = 0; c < channels; c++) {
        double scale = (double)constants[0][c] / sqrt((double)constants[3][c] + (double)params->epsilon);
        double bias = folded->bias ? folded->bias[c] : 0;
        folded->scale[c] = (float)scale;
        folded->shift[c] = (float)((bias - constants[2][c]) * scale + constants[1][c]);
    }
    builder->absorbed[index] = 1;
    *value = node->outputs[0];
    return FRINGE_OK;
}

/* The slot that is added to `*value`, which is then the sum; -1 for none. Only what is there already can be.
 */
static int fold_addend(struct plan_builder *builder, int *value)
{
    int index = builder_sole_reader(builder, *value, "Add");
    if (index < 0) return -1;
    const struct graph_node *node = &builder->graph->nodes[index];
    const struct graph_value *values = builder->graph->values;
    int other = node->inputs[node->inputs[0] == *value];
    if (builder->rows_slots[other] < 0 || !tensor_same_shape(&values[other].tensor, &values[*value].tensor))
        return -1;
    builder->absorbed[index] = 1;
    *value = node->outputs[0];
    return builder->rows_slots[other];
}

static int fold_relu(struct plan_builder *builder, int *value)
{
    int index = builder_sole_reader(builder, *value, "Relu");
    if (index < 0) return 0;
    builder->absorbed[index] = 1;
    *value = builder->graph->nodes[index].outputs[0];
    return 1;
}

/* The slot of a part of the input; of what a Resize doubles, where the convolution does that itself, the slot
 * before it. */
static fringe_status conv_input(struct plan_builder *builder, int value, int doubles, int *slot,
                                char *doubled)
{
    int node = builder->put_off[value];
    *doubled = (char)(doubles && node >= 0 && rows_resize_doubles(&builder->graph->nodes[node]));
    return builder_rows(builder, *doubled ? builder->graph->nodes[node].inputs[0] : value, slot);
}

/* Input slots of a convolution: the parts of a concatenation that nobody has computed yet, or the value
 * itself. */
static fringe_status conv_inputs(struct plan_builder *builder, int value, int doubles, int *slots,
                                 char *doubled, size_t *count)
{
    const struct graph_node *node =
        builder->put_off[value] < 0 ? NULL : &builder->graph->nodes[builder->put_off[value]];
    *count = 1;
    if (!node || !plan_concatenates(node) || node->input_count > STEP_MOST_INPUTS)
        return conv_input(builder, value, doubles, &slots[0], &doubled[0]);
    *count = node->input_count;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; !status && i < node->input_count; i++)
        status = conv_input(builder, node->inputs[i], doubles, &slots[i], &doubled[i]);
    return status;
}

/* Whether every output pixel depends on the one input pixel in the same place. */
static int is_pointwise(const struct conv_params *params)
{
    const struct window *w = &params->window;
    int whole = params->groups == 1;
    for (int axis = 0; axis < 2; axis++)
        whole &=
            w->kernel[axis] == 1 && w->stride[axis] == 1 && w->pad_begin[axis] == 0 && w->pad_end[axis] == 0;
    return whole;
}

/* Offsets must stay within the margins, also those of the whole vectors at a row's end. */
static int fits_margins(const struct window *w, int64_t in_width, int64_t out_width)
{
    int64_t last = (w->kernel[1] - 1) * w->dilation[1] - w->pad_begin[1];
    int64_t in_end = (in_width + 15) / 16 * 16 + ROWS_MARGIN, out_end = (out_width + 15) / 16 * 16;
    return w->stride[1] == 1 && w->pad_begin[1] <= ROWS_MARGIN && out_end + last <= in_end;
}

/* Weight (o, i, t) of group g in ONNX's order for Conv: ((g * out + o) * in + i) * taps + t. */
static void pack_conv(struct conv_data *data, const struct conv_folded *folded)
{
    float *to = data->weights;
    for (int64_t g = 0; g < data->groups; g++)
        for (int64_t block = 0; block < data->blocks; block++)
            for (int64_t i = 0; i < data->in_channels; i++)
                for (int64_t t = 0; t < data->taps; t++)
                    for (int64_t k = 0; k < CONV_BLOCK; k++, to++) {
                        int64_t o = block * CONV_BLOCK + k, channel = g * data->out_channels + o;
                        if (o >= data->out_channels) continue; /* zero */
                        float w = folded->weights[(channel * data->in_channels + i) * data->taps + t];
                        *to = folded->scale ? w * folded->scale[channel] : w;
                    }
}

static void pack_bias(struct conv_data *data, const struct conv_folded *folded)
{
    for (int64_t g = 0; g < data->groups; g++)
        for (int64_t o = 0; o < data->out_channels; o++) {
            int64_t channel = g * data->out_channels + o;
            data->bias[g * data->blocks * CONV_BLOCK + o] = folded->shift  ? folded->shift[channel]
                                                            : folded->bias ? folded->bias[channel]
                                                                           : 0;
        }
}

fringe_status conv_begin(struct plan_builder *builder, const struct graph_node *node, int transposed,
                         const struct step_kind *kind, struct conv_folded *folded, struct step **step,
                         int *taken)
{
    const struct conv_params *params = node->params;
    const struct tensor *weights = builder_constant(builder, node, 1),
                        *bias = builder_constant(builder, node, 2);
    const struct window *w = &params->window;
    int has_bias = node->input_count > 2 && node->inputs[2] >= 0;
    *taken = 0;
    if (w->spatial != 2 || !weights || (has_bias && !bias) || w->kernel[0] * w->kernel[1] > MOST_TAPS)
        return FRINGE_OK;
    int value = node->outputs[0];
    int64_t channels = builder->graph->values[value].tensor.dims[1];
    folded->weights = weights->data;
    folded->bias = bias ? bias->data : NULL;
    int inputs[STEP_MOST_INPUTS],
        filters = !transposed && rows_winograd_suits(params, weights->dims[1], channels);
    int doubles = filters ? rows_winograd_doubles(params) : !transposed && is_pointwise(params);
    char doubled[STEP_MOST_INPUTS];
    size_t source_count;
    fringe_status status = conv_inputs(builder, node->inputs[0], doubles, inputs, doubled, &source_count);
    if (!status) status = fold_batch_norm(builder, &value, channels, folded);
    int adds = !status && !transposed && !filters && source_count < STEP_MOST_INPUTS;
    if (adds) {
        inputs[source_count] = fold_addend(builder, &value);
        adds = inputs[source_count] >= 0;
    }
    int relu = !status && fold_relu(builder, &value);
    if (!status) status = builder_step(builder, kind, node, inputs, source_count + (size_t)adds, value, step);
    if (!status) status = builder_data(builder, *step, sizeof(struct conv_data));
    if (status) return status;
    struct conv_data *data = (*step)->data;
    const struct slot *out = &builder->network->slots[(*step)->output];
    data->window = *w;
    data->groups = params->groups;
    data->in_channels = transposed ? weights->dims[0] / params->groups : weights->dims[1];
    data->out_channels = channels / params->groups;
    data->blocks = (data->out_channels + CONV_BLOCK - 1) / CONV_BLOCK;
    data->taps = w->kernel[0] * w->kernel[1];
    data->relu = relu;
    data->source_count = source_count;
    data->adds = adds;
    memcpy(data->doubled, doubled, source_count * sizeof *doubled);
    data->kernels = CPU_CHOOSE(conv);
    data->parts_per_group = (data->out_channels + PART_CHANNELS - 1) / PART_CHANNELS;
    data->weight_floats = (size_t)(data->blocks * conv_block_floats(data->in_channels, data->taps));
    data->weights = alloc_aligned((size_t)data->groups * data->weight_floats, sizeof(float));
    data->bias = alloc_array((size_t)(data->groups * data->blocks * CONV_BLOCK), sizeof(float));
    if (!data->weights || !data->bias) return FRINGE_MEMORY;
    memset(data->weights, 0, (size_t)data->groups * data->weight_floats * sizeof(float));
    pack_bias(data, folded);
    builder->network->facts.weight_bytes += (size_t)data->groups * data->weight_floats * sizeof(float);
    (*step)->parts = (int)(out->batch * data->groups * data->parts_per_group);
    const struct slot *in = &builder->network->slots[inputs[0]];
    (*step)->flop = 2.0 * (double)(data->in_channels * data->taps * channels) * (double)out->batch *
                    (transposed ? (double)(in->height * in->width) : (double)(out->height * out->width));
    *taken = 1;
    return FRINGE_OK;
}

fringe_status conv_end(struct plan_builder *builder, struct conv_folded *folded, fringe_status status)
{
    alloc_free(folded->scale);
    alloc_free(folded->shift);
    return status == FRINGE_MEMORY ? failure_memory(builder->error, "weights of a convolution", 0) : status;
}

/* The step, a convolution too, that makes what `step` adds: where nobody else reads that, and the sources of
 * `step` are there before it. */
static struct step *step_before_tail(const struct plan_builder *builder, const struct step *step)
{
    const struct network *network = builder->network;
    const struct conv_data *tail = step->data;
    const struct slot *made = &network->slots[step->inputs[tail->source_count]];
    struct step *before = &network->steps[made->first_step];
    if (before->kind != &conv_kind && before->kind != &rows_winograd_kind) return NULL;
    const struct conv_data *data = before->data;
    int fits = !data->relu && !data->adds && !data->tail && data->groups == 1 &&
               builder->readers[made->value] >= 0 &&
               before->input_count + tail->source_count <= STEP_MOST_INPUTS;
    for (size_t i = 0; i < tail->source_count; i++) fits &= step->inputs[i] < before->output;
    return fits ? before : NULL;
}

/* Makes the last step, a 1x1 convolution that adds, the tail of the step that makes what it adds. */
static void join_tail(struct plan_builder *builder, struct step *step)
{
    struct network *network = builder->network;
    struct conv_data *tail = step->data;
    struct step *before = step_before_tail(builder, step);
    if (!before) return;
    for (size_t i = 0; i < tail->source_count; i++) {
        size_t to = before->input_count + i;
        before->inputs[to] = step->inputs[i];
        before->rows[to] = step->rows[i];
        before->columns[to] = step->columns[i];
    }
    tail->first_input = before->input_count;
    tail->adds = 0;
    before->input_count += tail->source_count;
    before->flop += step->flop;
    ((struct conv_data *)before->data)->tail = tail;
    int value = network->slots[step->output].value;
    network->slots[before->output].value = value;
    builder->rows_slots[value] = before->output;
    network->step_count--;
    network->slot_count--;
}

fringe_status rows_conv_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    struct conv_folded folded = {0};
    struct step *step;
    fringe_status status = conv_begin(builder, node, 0, &conv_kind, &folded, &step, taken);
    if (!status && *taken) {
        struct conv_data *data = step->data;
        const struct window w = data->window;
        for (size_t i = 0; i < data->source_count; i++) {
            step->rows[i] = dependence_window(w.stride[0], w.pad_begin[0], w.dilation[0], w.kernel[0]);
            step->columns[i] = dependence_window(w.stride[1], w.pad_begin[1], w.dilation[1], w.kernel[1]);
            if (data->doubled[i]) step->rows[i].divide = step->columns[i].divide = 2;
        }
        if (rows_winograd_suits(node->params, data->in_channels, data->out_channels)) {
            status = rows_winograd_finish(builder, step, &folded);
        } else {
            int64_t in_width = builder->network->slots[step->inputs[0]].width << data->doubled[0];
            pack_conv(data, &folded);
            data->gathers = !fits_margins(&w, in_width, builder->network->slots[step->output].width);
            int64_t fitting = TAP_SPACE / ((int64_t)data->source_count * data->taps);
            if (!data->gathers) step->block_rows = (int)(fitting < BLOCK_ROWS ? fitting : BLOCK_ROWS);
            if (data->gathers) {
                step->kind = &conv_gathering_kind;
                step->scratch_floats =
                    (size_t)(data->in_channels * data->taps) * COLUMN_PIXELS + CONV_OVERREAD;
            }
            if (data->adds && is_pointwise(node->params)) join_tail(builder, step);
        }
    }
    return conv_end(builder, &folded, status);
}
