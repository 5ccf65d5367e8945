/* segment_network.c - runs the network over the prepared planes and completes what comes out. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "image/reflect.h"
#include "segment/segment_plan.h"

enum { MIRROR_VIEWS = 4 };

/* One tile of one view under way. A view is the image as it is, mirrored left to right, top to bottom, or
 * both; rows and columns are those of the padded view. */
struct window {
    struct segment_job *job;
    struct tile_span rows, columns;
    int view; /* bit 0: left is right, bit 1: top is bottom */
};

static inline int left_is_right(const struct window *window)
{
    return window->view & 1;
}

static inline int top_is_bottom(const struct window *window)
{
    return window->view >> 1;
}

/* Where pixel `index` of a view's axis of `size` lies in the image. */
static inline int64_t turned_index(int64_t index, int64_t size, int turned)
{
    return turned ? size - 1 - index : index;
}

/* `count` prepared pixels of a row of the work grid. */
static void copy_pixels(const struct segment_job *job, int32_t c, int32_t y, int32_t x, int32_t count,
                        float *to)
{
    const float *prepared = job->prepared + (size_t)c * job->prepared_count;
    if (job->counts)
        sample_plane_look_up(&job->channels[segment_job_channel(job, c)], y, x, count, prepared, to);
    else
        memcpy(to, prepared + (size_t)y * (size_t)job->work_width_px + x, (size_t)count * sizeof *to);
}

static void turn_round(float *values, int32_t count)
{
    for (int32_t i = 0, k = count - 1; i < k; i++, k--) {
        float kept = values[i];
        values[i] = values[k];
        values[k] = kept;
    }
}

/* Row y of channel c of the view as the network sees it: beyond the image its mirror. */
static void fill_row(const struct window *window, int32_t c, int64_t y, float *to)
{
    const struct segment_job *job = window->job;
    int32_t height = job->work_height_px, width = job->work_width_px;
    int32_t row = (int32_t)turned_index(reflect_index(y, height), height, top_is_bottom(window));
    int32_t begin = window->columns.begin, end = window->columns.end;
    int32_t inside = end < width ? end : width;
    if (inside > begin) {
        copy_pixels(job, c, row, left_is_right(window) ? width - inside : begin, inside - begin, to);
        if (left_is_right(window)) turn_round(to, inside - begin);
    }
    for (int32_t x = inside > begin ? inside : begin; x < end; x++)
        copy_pixels(job, c, row, (int32_t)turned_index(reflect_index(x, width), width, left_is_right(window)),
                    1, to + (x - begin));
}

/* Adds a row of a view to the image's own, which begins at `to`. */
static void add_turned(float *to, const float *from, int64_t begin, int64_t end, int64_t width, int turned)
{
    for (int64_t x = begin; x < end; x++) to[turned_index(x, width, turned)] += from[x - begin];
}

/* Keeps what the tile decides of row y, as probabilities or as labels at once; `from` begins at the tile's
 * first column of the first channel. Views after the first are added up. */
static void keep_row(const struct window *window, int64_t y, const float *from, size_t plane_stride)
{
    struct segment_job *job = window->job;
    int64_t height = job->work_height_px, width = job->work_width_px;
    int64_t begin = window->columns.own_begin;
    int64_t end = window->columns.own_end < width ? window->columns.own_end : width;
    if (y < window->rows.own_begin || y >= window->rows.own_end || y >= height || begin >= end) return;
    from += begin - window->columns.begin;
    if (!job->outputs) {
        segment_labels_take_row(job, y, begin, end, from, plane_stride);
        return;
    }
    from += (size_t)job->kept_channel * plane_stride;
    int64_t row = turned_index(y, height, top_is_bottom(window));
    for (size_t k = 0; k < (size_t)job->kept_count; k++) {
        float *to = job->outputs + ((int64_t)k * height + row) * width;
        if (window->view == 0)
            memcpy(to + begin, from + k * plane_stride, (size_t)(end - begin) * sizeof *from);
        else
            add_turned(to, from + k * plane_stride, begin, end, width, left_is_right(window));
    }
}

static fringe_status give_rows(void *user, size_t input, int64_t row_begin, int64_t row_end, float *to,
                               size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)input, (void)error; /* there is one input; memory cannot fail */
    const struct window *window = user;
    for (int32_t c = 0; c < window->job->input_channels; c++)
        for (int64_t row = row_begin; row < row_end; row++)
            fill_row(window, c, window->rows.begin + row,
                     to + (size_t)c * plane_stride + (size_t)(row - row_begin) * row_stride);
    return FRINGE_OK;
}

static fringe_status take_rows(void *user, size_t output, int64_t row_begin, int64_t row_end,
                               const float *from, size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)error;
    const struct window *window = user;
    if (output != 0) return FRINGE_OK; /* a model's first output is the one that counts */
    for (int64_t row = row_begin; row < row_end; row++)
        keep_row(window, window->rows.begin + row, from + (size_t)(row - row_begin) * row_stride,
                 plane_stride);
    return FRINGE_OK;
}

/* Whether the outputs come row by row; else they are whole numbers, or no images. */
static int gives_rows(const struct network *network)
{
    struct network_facts facts;
    network_get_facts(network, &facts);
    for (size_t i = 0; i < facts.output_count; i++) {
        const struct tensor *output = network_output(network, i);
        if (output->rank != 4 || output->type != TENSOR_FLOAT32) return 0;
    }
    return 1;
}

static float value_at(const struct tensor *tensor, int64_t index)
{
    switch (tensor->type) {
    case TENSOR_FLOAT32:
        return ((const float *)tensor->data)[index];
    case TENSOR_INT64:
        return (float)((const int64_t *)tensor->data)[index];
    case TENSOR_INT32:
        return (float)((const int32_t *)tensor->data)[index];
    case TENSOR_BOOL:
        return ((const uint8_t *)tensor->data)[index];
    }
    return 0;
}

/* Networks with outputs that do not come in rows: input and outputs whole. */
static fringe_status run_dense(const struct window *window, const struct network *network,
                               struct network_workspace *workspace, fringe_error *error)
{
    struct network_facts facts;
    network_get_facts(network, &facts);
    int64_t height = window->rows.end - window->rows.begin,
            width = window->columns.end - window->columns.begin;
    struct tensor input = *network_input(network, 0);
    struct tensor *outputs = alloc_array(facts.output_count, sizeof *outputs);
    size_t channels = (size_t)window->job->output_channels;
    float *row = alloc_array(channels * (size_t)width, sizeof *row); /* (K, W) */
    fringe_status status = FRINGE_OK;
    if (!outputs || !row) {
        status = failure_memory(error, "rows of the network", channels * (size_t)width * sizeof *row);
        goto done;
    }
    status = tensor_allocate(&input, error);
    if (!status)
        status = give_rows((void *)window, 0, 0, height, input.data, (size_t)(height * width), (size_t)width,
                           error);
    const struct tensor *inputs[] = {&input};
    if (!status) status = network_run_dense(network, workspace, inputs, outputs, window->job->run, error);
    if (status) goto done;
    for (int64_t y = 0; y < height; y++) {
        for (int64_t k = 0; k < (int64_t)channels; k++)
            for (int64_t x = 0; x < width; x++)
                row[k * width + x] = value_at(&outputs[0], (k * height + y) * width + x);
        keep_row(window, window->rows.begin + y, row, (size_t)width);
    }
done:
    tensor_clear(&input);
    for (size_t i = 0; outputs && i < facts.output_count; i++) tensor_clear(&outputs[i]);
    alloc_free(outputs);
    alloc_free(row);
    return status;
}

static fringe_status run_window(struct window *window, struct segment_piece *piece, fringe_error *error)
{
    const fringe_run *run = window->job->run;
    fringe_status status = FRINGE_OK;
    if (!piece->workspace)
        status = network_workspace_create(piece->network, fringe_run_threads(run), &piece->workspace, error);
    if (status) return status;
    return gives_rows(piece->network)
               ? network_run(piece->network, piece->workspace, give_rows, take_rows, window, run, error)
               : run_dense(window, piece->network, piece->workspace, error);
}

/* Runs all tiles of all views. Only a last, shorter tile needs a network of its own. */
static fringe_status run_tiles(struct segment_job *job, struct segment_plan *plan, fringe_error *error)
{
    int32_t down = segment_tiles_count(&plan->rows), across = segment_tiles_count(&plan->columns);
    int32_t tiles = down * across, pieces = job->options.mirror ? MIRROR_VIEWS * tiles : tiles;
    struct window window = {.job = job};
    fringe_status status = FRINGE_OK;
    for (int32_t i = 0; i < pieces && !status; i++) {
        window.view = i / tiles;
        window.rows = segment_tiles_span(&plan->rows, i % tiles / across);
        window.columns = segment_tiles_span(&plan->columns, i % across);
        int32_t width = window.columns.end - window.columns.begin;
        run_state_part(job->run, i, pieces);
        struct segment_piece *piece = width == plan->columns.tile ? &plan->piece : &plan->last;
        if (!piece->network)
            status =
                segment_plan_compile(job, window.rows.end - window.rows.begin, width, &piece->network, error);
        if (!status) status = run_window(&window, piece, error);
    }
    run_state_part(job->run, 0, 1);
    return status;
}

/* What the job is done with before the result takes its own memory; a stack's plan serves its other slices.
 */
static void give_up(struct segment_job *job)
{
    alloc_free(job->prepared);
    job->prepared = NULL;
    if (job->info.slice_count > 1) return;
    segment_plan_free(job->plan);
    job->plan = NULL;
}

fringe_status segment_network_apply(struct segment_job *job, fringe_error *error)
{
    const struct package_tensor *out = job->model->output;
    size_t pixels = (size_t)job->work_height_px * (size_t)job->work_width_px;
    fringe_status status = job->plan ? FRINGE_OK : segment_plan_make(job, &job->plan, error);
    if (status) return status;
    job->output_channels = (int32_t)network_output(job->plan->piece.network, 0)->dims[1];
    if (job->options.mirror && job->model->output_kind == OUTPUT_NUMBERS)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: gives numbers of classes, which have no mean over mirrored views",
                           job->model->package->path);
    int at_once;
    status = segment_labels_begin(job, &at_once, error);
    if (status) return status;
    size_t channels = (size_t)job->kept_count;
    if (!at_once) job->outputs = alloc_aligned(channels * pixels, sizeof *job->outputs);
    if (!at_once && !job->outputs)
        return failure_memory(error, "the network's output", channels * pixels * sizeof *job->outputs);
    status = run_tiles(job, job->plan, error);
    if (!status) status = segment_ghosts_look(job, error);
    if (status) return status;
    give_up(job);
    if (at_once) return FRINGE_OK;
    for (size_t i = 0; job->options.mirror && i < channels * pixels; i++) job->outputs[i] /= MIRROR_VIEWS;
    struct preparation_sample sample = {.planes = job->outputs,
                                        .channel_count = channels,
                                        .pixel_count = pixels,
                                        .plane_stride = pixels,
                                        .input = job->measured,
                                        .input_count = job->measured ? (size_t)job->input_channels : 0,
                                        .run = job->run};
    status = preparation_apply(out->steps, out->step_count, &sample, error);
    return status ? status : segment_ghosts_drop(job, error);
}
