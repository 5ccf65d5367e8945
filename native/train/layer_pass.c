#include "train/layer_pass.h"

#include <math.h>
#include <string.h>

#include "base/run_state.h"
#include "train/plane_kernels.h"
#include "train/weight_gradient.h"

/* One layer's work, as the functions that run plane by plane see it. */
struct layer_work {
    const struct layer_pass *pass;
    const struct layer *layer;
    int index;
    const struct planes *in, *in2, *out; /* values; in2 of the second input */
    const struct planes *dout, *din;     /* gradients; din of input `input` */
    int add;                             /* 1: din has been written to and is added to */
    const float *images;
};

static struct plane_size size_of(const struct planes *planes)
{
    return (struct plane_size){planes->height, planes->width, planes->row};
}

static float *plane_at(const struct planes *planes, size_t index)
{
    size_t channels = (size_t)planes->channels;
    return planes_row(planes, (int32_t)(index / channels), (int32_t)(index % channels), 0);
}

static size_t plane_count(const struct planes *planes)
{
    return (size_t)planes->images * (size_t)planes->channels;
}

static fringe_status for_planes(const struct layer_work *work, const struct planes *planes,
                                pool_function *function, fringe_error *error)
{
    return run_state_parallel(work->pass->run, plane_count(planes), function, (void *)work, error);
}

static struct convolution_work scratch_of(const struct layer_pass *pass)
{
    return (struct convolution_work){pass->workspace->scratch, pass->workspace->scratch_stride, pass->run};
}

/* ---- batch norm ---- */

/* Of channel c of a norm: where its scale, shift and mean lie in the workspace's arrays. */
static size_t norm_index(const struct layer *layer, int32_t c)
{
    return layer->statistics / 2 + (size_t)c;
}

static int uses_batch(const struct layer_work *work)
{
    return work->pass->workspace->training && !work->layer->frozen;
}

static void norm_moments(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    size_t c = index % (size_t)work->layer->channels;
    (void)worker;
    /* Sums about the running mean, so that a large mean costs no digits of the variance. */
    CPU_CHOOSE(plane)->moments(size_of(work->in), plane_at(work->in, index),
                               work->pass->statistics[work->layer->statistics + c],
                               work->pass->workspace->sums + 2 * index);
}

/* The sums of one channel over all images. */
static void add_images(const struct layer_work *work, int32_t c, double sums[2])
{
    sums[0] = sums[1] = 0;
    for (int32_t n = 0; n < work->in->images; n++) {
        const double *from = work->pass->workspace->sums + 2 * (size_t)(n * work->layer->channels + c);
        sums[0] += from[0];
        sums[1] += from[1];
    }
}

static double pixel_count(const struct layer_work *work)
{
    return (double)work->in->images * work->in->height * work->in->width;
}

static void find_scales(const struct layer_work *work)
{
    const struct layer_pass *pass = work->pass;
    const struct layer *layer = work->layer;
    const float *running = pass->statistics + layer->statistics;
    double count = pixel_count(work);
    for (int32_t c = 0; c < layer->channels; c++) {
        double mean = running[c], variance = running[layer->channels + c], sums[2];
        if (uses_batch(work)) {
            add_images(work, c, sums);
            double off = sums[0] / count;
            mean = running[c] + off;
            variance = sums[1] / count - off * off;
            if (variance < 0) variance = 0;
            float *next = pass->next_statistics + layer->statistics;
            double unbiased = count > 1 ? variance * count / (count - 1) : variance;
            next[c] = (float)(running[c] + pass->momentum * (mean - running[c]));
            next[layer->channels + c] = (float)(running[layer->channels + c] +
                                                pass->momentum * (unbiased - running[layer->channels + c]));
        }
        double inverse = 1 / sqrt(variance + NETWORK_NORM_EPSILON);
        double scale = pass->parameters[layer->weights + (size_t)c] * inverse;
        size_t at = norm_index(layer, c);
        pass->workspace->inverses[at] = (float)inverse;
        pass->workspace->scales[at] = (float)scale;
        pass->workspace->shifts[at] = (float)(pass->parameters[layer->bias + (size_t)c] - mean * scale);
        pass->workspace->means[at] = (float)mean;
    }
}

static void norm_apply(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    const struct workspace *w = work->pass->workspace;
    size_t at = norm_index(work->layer, (int32_t)(index % (size_t)work->layer->channels));
    (void)worker;
    float *to = plane_at(work->out, index);
    CPU_CHOOSE(plane)->affine(size_of(work->in), plane_at(work->in, index), w->scales[at], w->shifts[at],
                              work->layer->relu, to);
}

static fringe_status norm_forward(const struct layer_work *work, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    if (uses_batch(work)) status = for_planes(work, work->in, norm_moments, error);
    if (status) return status;
    find_scales(work);
    return for_planes(work, work->in, norm_apply, error);
}

static void norm_sums(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    const struct workspace *w = work->pass->workspace;
    size_t at = norm_index(work->layer, (int32_t)(index % (size_t)work->layer->channels));
    (void)worker;
    CPU_CHOOSE(plane)->affine_sums(size_of(work->in), plane_at(work->in, index), plane_at(work->dout, index),
                                   w->scales[at], w->shifts[at], work->layer->relu, w->means[at],
                                   w->sums + 2 * index);
}

/* With g the gradient behind the ReLU, s = gamma / sqrt(variance + epsilon), d = z - mean and averages over
 * the batch:
 *     dz = s (g - average g - d average(g d) / (variance + epsilon)) = s g + slope z + offset.
 * Running statistics do not depend on z: then dz = s g. */
static void norm_slope(const struct layer_work *work, int32_t c, float *slope, float *offset)
{
    const struct layer_pass *pass = work->pass;
    size_t at = norm_index(work->layer, c);
    double sums[2], count = pixel_count(work);
    double scale = pass->workspace->scales[at], mean = pass->workspace->means[at];
    double inverse = pass->workspace->inverses[at];
    *slope = *offset = 0;
    if (!uses_batch(work)) return;
    add_images(work, c, sums);
    double k = -scale * inverse * inverse * sums[1] / count;
    *slope = (float)k;
    *offset = (float)(-scale * sums[0] / count - k * mean);
}

static void norm_apply_back(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    const struct workspace *w = work->pass->workspace;
    int32_t c = (int32_t)(index % (size_t)work->layer->channels);
    size_t at = norm_index(work->layer, c);
    float slope, offset;
    (void)worker;
    norm_slope(work, c, &slope, &offset);
    CPU_CHOOSE(plane)->affine_back(size_of(work->in), plane_at(work->in, index), plane_at(work->dout, index),
                                   w->scales[at], w->shifts[at], work->layer->relu, slope, offset,
                                   plane_at(work->din, index));
}

static fringe_status norm_back(const struct layer_work *work, fringe_error *error)
{
    const struct layer_pass *pass = work->pass;
    const struct layer *layer = work->layer;
    fringe_status status = for_planes(work, work->in, norm_sums, error);
    for (int32_t c = 0; c < layer->channels && !status && !layer->frozen; c++) {
        double sums[2];
        add_images(work, c, sums);
        pass->gradient[layer->weights + (size_t)c] =
            (float)(sums[1] * pass->workspace->inverses[norm_index(layer, c)]);
        pass->gradient[layer->bias + (size_t)c] = (float)sums[0];
    }
    if (status || !work->din) return status;
    return for_planes(work, work->in, norm_apply_back, error);
}

/* ---- convolution ---- */

static void bias_sum(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    double *sum = work->pass->workspace->sums + 2 * index;
    (void)worker;
    if (work->layer->relu)
        *sum = CPU_CHOOSE(plane)->relu_back(size_of(work->dout), plane_at(work->out, index),
                                            plane_at(work->dout, index));
    else
        *sum = CPU_CHOOSE(plane)->sum(size_of(work->dout), plane_at(work->dout, index));
}

static fringe_status bias_back(const struct layer_work *work, fringe_error *error)
{
    const struct layer *layer = work->layer;
    fringe_status status = for_planes(work, work->dout, bias_sum, error);
    if (status || layer->frozen || layer->bias_count == 0) return status;
    for (int32_t c = 0; c < layer->channels; c++) {
        double sum = 0;
        for (int32_t n = 0; n < work->dout->images; n++)
            sum += work->pass->workspace->sums[2 * (size_t)(n * layer->channels + c)];
        work->pass->gradient[layer->bias + (size_t)c] = (float)sum;
    }
    return FRINGE_OK;
}

static fringe_status conv_back(const struct layer_work *work, fringe_error *error)
{
    const struct layer *layer = work->layer;
    struct convolution_work scratch = scratch_of(work->pass);
    fringe_status status = FRINGE_OK;
    if (layer->has_bias || layer->relu) status = bias_back(work, error);
    if (!status && !layer->frozen)
        status = weight_gradient(work->in, work->dout, layer->kernel, work->pass->workspace->partial,
                                 work->pass->gradient + layer->weights, &scratch, error);
    if (status || !work->din) return status;
    return convolution_apply(&work->pass->network->back[work->index], work->dout, work->din, 0, work->add,
                             &scratch, error);
}

/* ---- between the levels, and sums ---- */

static void pool_plane(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->pool(size_of(work->out), plane_at(work->in, index), work->in->row,
                            plane_at(work->out, index));
}

static void pool_plane_back(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->pool_back(size_of(work->out), plane_at(work->in, index), work->in->row,
                                 plane_at(work->out, index), plane_at(work->dout, index), work->add,
                                 plane_at(work->din, index));
}

/* in2 is the pool's output; the pool's input has the layout of this layer's output. */
static const struct planes *pool_input(const struct layer_work *work)
{
    const struct layer *pool = &work->pass->network->graph.layers[work->layer->inputs[1]];
    return &work->pass->workspace->values[pool->inputs[0]];
}

/* The planes of the pool's input lie elsewhere and may have other steps between planes, but equal rows. */
static void unpool_plane(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->unpool(size_of(work->in), plane_at(pool_input(work), index),
                              plane_at(work->in2, index), plane_at(work->in, index), work->out->row,
                              plane_at(work->out, index));
}

static void unpool_plane_back(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->unpool_back(size_of(work->in), plane_at(pool_input(work), index),
                                   plane_at(work->in2, index), plane_at(work->dout, index), work->dout->row,
                                   work->add, plane_at(work->din, index));
}

static void repeat_plane(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->repeat(size_of(work->in), plane_at(work->in, index), work->out->row,
                              plane_at(work->out, index));
}

static void repeat_plane_back(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->repeat_back(size_of(work->din), plane_at(work->dout, index), work->dout->row,
                                   work->add, plane_at(work->din, index));
}

/* Plane (n, c) of the larger image comes from the planes (n, place C + c) of the smaller. */
static size_t spread_source(const struct layer_work *work, size_t index, int place)
{
    size_t channels = (size_t)work->layer->channels;
    return index / channels * 4 * channels + (size_t)place * channels + index % channels;
}

static void spread_plane(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    float bias = work->pass->parameters[work->layer->bias + index % (size_t)work->layer->channels];
    (void)worker;
    for (int place = 0; place < 4; place++)
        CPU_CHOOSE(plane)->spread(size_of(work->in), plane_at(work->in, spread_source(work, index, place)),
                                  work->out->row, place, bias, plane_at(work->out, index));
}

static void spread_plane_back(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    for (int place = 0; place < 4; place++)
        CPU_CHOOSE(plane)->spread_back(size_of(work->din), plane_at(work->dout, index), work->dout->row,
                                       place, work->add,
                                       plane_at(work->din, spread_source(work, index, place)));
}

static fringe_status spread_back(const struct layer_work *work, fringe_error *error)
{
    fringe_status status = bias_back(work, error);
    if (status || !work->din) return status;
    return for_planes(work, work->out, spread_plane_back, error);
}

static void add_planes(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    /* Both inputs may lie in concatenations, so their planes are found each on its own. */
    CPU_CHOOSE(plane)->add_pair(size_of(work->out), plane_at(work->in, index), plane_at(work->in2, index),
                                work->layer->relu, plane_at(work->out, index));
}

/* to = from or to += from, for a gradient that is handed through. */
static void hand_plane(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    const float *from = plane_at(work->dout, index);
    float *to = plane_at(work->din, index);
    (void)worker;
    if (work->add)
        CPU_CHOOSE(plane)->add(size_of(work->dout), from, to, work->din->row);
    else
        CPU_CHOOSE(plane)->copy(size_of(work->dout), from, to, work->din->row);
}

static void copy_plane(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->copy(size_of(work->in), plane_at(work->in, index), plane_at(work->out, index),
                            work->out->row);
}

static void relu_plane_back(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    (void)worker;
    CPU_CHOOSE(plane)->relu_back(size_of(work->dout), plane_at(work->out, index),
                                 plane_at(work->dout, index));
}

/* ---- the input ---- */

static void take_image(void *context, size_t index, int worker)
{
    const struct layer_work *work = context;
    size_t width = (size_t)work->out->width, height = (size_t)work->out->height;
    float *to = plane_at(work->out, index);
    (void)worker;
    for (size_t y = 0; y < height; y++)
        memcpy(to + y * work->out->row, work->images + (index * height + y) * width, width * sizeof *to);
}

/* ---- the passes ---- */

/* A concatenation copies those inputs that do not lie in it already. */
static fringe_status concat_forward(struct layer_work *work, fringe_error *error)
{
    const struct workspace *w = work->pass->workspace;
    const struct planes whole = *work->out;
    fringe_status status = FRINGE_OK;
    int32_t first = 0;
    for (int k = 0; k < 2 && !status; k++) {
        int input = work->layer->inputs[k];
        int32_t channels = w->values[input].channels;
        struct planes part = planes_part(&whole, first, channels);
        first += channels;
        if (w->value_homes[input] == work->index) continue;
        work->in = &w->values[input];
        work->out = &part;
        status = for_planes(work, work->in, copy_plane, error);
    }
    return status;
}

static fringe_status forward(struct layer_work *work, fringe_error *error)
{
    struct convolution_work scratch;
    switch (work->layer->kind) {
    case LAYER_INPUT:
        return for_planes(work, work->out, take_image, error);
    case LAYER_CONV:
        scratch = scratch_of(work->pass);
        return convolution_apply(&work->pass->network->forward[work->index], work->in, work->out,
                                 work->layer->relu, 0, &scratch, error);
    case LAYER_NORM:
        return norm_forward(work, error);
    case LAYER_POOL:
        return for_planes(work, work->out, pool_plane, error);
    case LAYER_UNPOOL:
        return for_planes(work, work->out, unpool_plane, error);
    case LAYER_REPEAT:
        return for_planes(work, work->out, repeat_plane, error);
    case LAYER_SPREAD:
        return for_planes(work, work->out, spread_plane, error);
    case LAYER_CONCAT:
        return concat_forward(work, error);
    case LAYER_ADD:
        return for_planes(work, work->out, add_planes, error);
    }
    return FRINGE_OK;
}

static struct layer_work work_of(const struct layer_pass *pass, int index)
{
    const struct layer *layer = &pass->network->graph.layers[index];
    const struct workspace *w = pass->workspace;
    return (struct layer_work){.pass = pass,
                               .layer = layer,
                               .index = index,
                               .in = layer->input_count > 0 ? &w->values[layer->inputs[0]] : NULL,
                               .in2 = layer->input_count > 1 ? &w->values[layer->inputs[1]] : NULL,
                               .out = &w->values[index],
                               .dout = &w->gradients[index]};
}

fringe_status layer_pass_forward(const struct layer_pass *pass, const float *images, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (int i = 0; i < pass->network->graph.count && !status; i++) {
        struct layer_work work = work_of(pass, i);
        work.images = images;
        status = forward(&work, error);
    }
    return status;
}

static void clear_plane(void *context, size_t index, int worker)
{
    const struct planes *planes = context;
    (void)worker;
    planes_clear_margins(planes, index);
}

/* Makes the gradient of input k ready to be written: points work at it, or at none where nobody needs it. */
static fringe_status open_input(struct layer_work *work, int k, fringe_error *error)
{
    struct workspace *w = work->pass->workspace;
    int input = work->layer->inputs[k];
    work->din = NULL;
    if (!work->pass->network->trains[input]) return FRINGE_OK;
    work->din = &w->gradients[input];
    work->add = w->written[input];
    w->written[input] = 1;
    int home = input;
    while (w->gradient_homes[home] != home) home = w->gradient_homes[home];
    if (w->cleared[home]) return FRINGE_OK;
    w->cleared[home] = 1;
    return run_state_parallel(work->pass->run, plane_count(&w->gradients[home]), clear_plane,
                              &w->gradients[home], error);
}

/* Hands the gradient to input k as it is, where it does not lie there already. */
static fringe_status hand_on(struct layer_work *work, int k, struct planes dout, fringe_error *error)
{
    struct workspace *w = work->pass->workspace;
    int input = work->layer->inputs[k];
    int lies_there = work->layer->kind == LAYER_CONCAT && w->gradient_homes[input] == work->index;
    fringe_status status = open_input(work, k, error);
    if (status || lies_there || !work->din) return status;
    work->dout = &dout;
    return for_planes(work, work->dout, hand_plane, error);
}

static fringe_status back(struct layer_work *work, fringe_error *error)
{
    const struct planes dout = *work->dout;
    fringe_status status = FRINGE_OK;
    int32_t first = 0;
    switch (work->layer->kind) {
    case LAYER_INPUT:
        return FRINGE_OK;
    case LAYER_CONCAT:
    case LAYER_ADD:
        if (work->layer->relu) status = for_planes(work, work->dout, relu_plane_back, error);
        for (int k = 0; k < 2 && !status; k++) {
            int32_t channels = k == 0 ? work->in->channels : work->in2->channels;
            status = hand_on(
                work, k, work->layer->kind == LAYER_ADD ? dout : planes_part(&dout, first, channels), error);
            first += channels;
        }
        return status;
    default:
        break;
    }
    status = open_input(work, 0, error);
    if (status) return status;
    switch (work->layer->kind) {
    case LAYER_CONV:
        return conv_back(work, error);
    case LAYER_NORM:
        return norm_back(work, error);
    case LAYER_SPREAD:
        return spread_back(work, error);
    default:
        break;
    }
    if (!work->din) return FRINGE_OK;
    switch (work->layer->kind) {
    case LAYER_POOL:
        return for_planes(work, work->out, pool_plane_back, error);
    case LAYER_UNPOOL:
        return for_planes(work, work->out, unpool_plane_back, error);
    case LAYER_REPEAT:
        return for_planes(work, work->out, repeat_plane_back, error);
    default:
        return FRINGE_OK;
    }
}

fringe_status layer_pass_back(const struct layer_pass *pass, fringe_error *error)
{
    struct workspace *w = pass->workspace;
    size_t count = (size_t)pass->network->graph.count;
    fringe_status status = FRINGE_OK;
    memset(w->written, 0, count * sizeof *w->written);
    memset(w->cleared, 0, count * sizeof *w->cleared);
    for (int i = pass->network->graph.count - 1; i >= 0 && !status; i--) {
        if (!pass->network->trains[i]) continue;
        struct layer_work work = work_of(pass, i);
        status = back(&work, error);
    }
    return status;
}
