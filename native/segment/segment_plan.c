#include "segment/segment_plan.h"

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"

enum {
    SMALLEST_CORE_PX = 64, /* narrower tiles would mostly compute margins */
    LARGEST_STEP = 4096    /* of the sizes that a package names */
};
static const int64_t DEFAULT_MEMORY_BYTES = (int64_t)1 << 30;

static void clear_piece(struct segment_piece *piece)
{
    network_workspace_free(piece->workspace);
    network_free(piece->network);
    *piece = (struct segment_piece){0};
}

void segment_plan_free(struct segment_plan *plan)
{
    if (!plan) return;
    clear_piece(&plan->piece);
    clear_piece(&plan->last);
    alloc_free(plan);
}

fringe_status segment_plan_compile(const struct segment_job *job, int32_t height_px, int32_t width_px,
                                   struct network **network, fringe_error *error)
{
    const char *path = job->model->package->path;
    struct network *made;
    char shape[TENSOR_SHAPE_BYTES];
    *network = NULL;
    if ((int64_t)height_px * width_px > INT32_MAX)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: wants %ld x %ld pixels, more than %ld in all",
                           path, (long)width_px, (long)height_px, (long)INT32_MAX);
    fringe_status status =
        loaded_model_compile(job->model, height_px, width_px, job->options.band_rows, job->run, &made, error);
    if (status) return status;
    const struct tensor *output = network_output(made, 0);
    if (output->rank != 4 || output->dims[0] != 1 || output->dims[2] != height_px ||
        output->dims[3] != width_px) {
        status = failure_set(error, FRINGE_UNSUPPORTED, "%s: gives %s, not an image of %ld x %ld pixels",
                             path, tensor_shape_text(output, shape), (long)width_px, (long)height_px);
        network_free(made);
        return status;
    }
    *network = made;
    return FRINGE_OK;
}

static int64_t rounded_up(int64_t value, int64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* Whether another size may succeed where this one failed. */
static int is_about_shape(fringe_status status)
{
    return status == FRINGE_MODEL || status == FRINGE_UNSUPPORTED;
}

/* The least size from `size` on that is a multiple of the network's stride and among those that the package
 * names. */
static int32_t padded_size(int32_t size, int64_t stride, const struct package_extent *extent)
{
    int64_t least = extent->least > size ? extent->least : size;
    int64_t step = extent->step > 1 ? extent->step : 1, multiple = rounded_up(least, stride);
    if (step > LARGEST_STEP) step = 1; /* no size that anyone would pad to */
    /* Past stride * step all pairs of remainders have come by. */
    for (int64_t tried = multiple; tried < multiple + stride * step && tried <= INT32_MAX; tried += stride)
        if ((tried - extent->least) % step == 0) return (int32_t)tried;
    return (int32_t)(multiple <= INT32_MAX ? multiple : size);
}

/* The whole image, as it is or padded to the stride. */
static fringe_status plan_whole(const struct segment_job *job, struct segment_plan *plan, fringe_error *error)
{
    const fringe_model_info *info = &job->model->info;
    int32_t height = job->work_height_px, width = job->work_width_px;
    fringe_status status = segment_plan_compile(job, height, width, &plan->piece.network, error);
    if (is_about_shape(status)) {
        int64_t stride = info->stride_px > 1 ? info->stride_px : 1;
        int32_t padded_height = padded_size(height, stride, &job->model->input->height);
        int32_t padded_width = padded_size(width, stride, &job->model->input->width);
        if (padded_height == height && padded_width == width) return status;
        status = segment_plan_compile(job, padded_height, padded_width, &plan->piece.network, error);
        if (status) return status;
        run_state_notice(job->run, FRINGE_NOTICE_PADDED,
                         "the network does not take %ld x %ld pixels: mirrored at the right and bottom to "
                         "%ld x %ld, and cut again afterwards",
                         (long)width, (long)height, (long)padded_width, (long)padded_height);
        height = padded_height;
        width = padded_width;
    }
    if (status) return status;
    network_get_facts(plan->piece.network, &plan->facts);
    plan->height_px = height;
    plan->width_px = width;
    plan->rows = (struct tile_cut){height, height, height, 0};
    plan->columns = (struct tile_cut){width, width, width, 0};
    return FRINGE_OK;
}

/* Tiles of a size that the network insists on. They overlap by what a pixel depends on to both sides; where
 * that would be more than three quarters of the tile (sixteenfold work), by a half, and the tiles show. All
 * of them, the last too, begin where every layer's grid begins, for which the image may have to grow a
 * little. */
static struct tile_cut fixed_cut(int32_t size, int32_t tile, const struct network_facts *facts)
{
    int64_t stride = facts->stride > 1 && facts->stride < tile ? facts->stride : 1, reach = facts->reach_px;
    int64_t step = (tile - (2 * reach + 1)) / stride * stride;
    if (reach < 0 || step < tile / 4) step = tile / 2 / stride * stride;
    if (step < stride) step = stride;
    int64_t behind_first = size > tile ? rounded_up(size - tile, stride) : 0;
    return (struct tile_cut){(int32_t)(tile + behind_first), tile, (int32_t)step, 0};
}

static fringe_status plan_fixed(const struct segment_job *job, struct segment_plan *plan, fringe_error *error)
{
    int32_t tile_height = job->model->info.fixed_height_px, tile_width = job->model->info.fixed_width_px;
    fringe_status status = segment_plan_compile(job, tile_height, tile_width, &plan->piece.network, error);
    if (status) return status;
    network_get_facts(plan->piece.network, &plan->facts);
    plan->rows = fixed_cut(job->work_height_px, tile_height, &plan->facts);
    plan->columns = fixed_cut(job->work_width_px, tile_width, &plan->facts);
    plan->height_px = plan->rows.size;
    plan->width_px = plan->columns.size;
    if (plan->height_px != job->work_height_px || plan->width_px != job->work_width_px)
        run_state_notice(
            job->run, FRINGE_NOTICE_PADDED,
            "the network takes nothing but %ld x %ld pixels: the image of %ld x %ld is mirrored at the right "
            "and bottom to %ld x %ld, and cut again afterwards",
            (long)tile_width, (long)tile_height, (long)job->work_width_px, (long)job->work_height_px,
            (long)plan->width_px, (long)plan->height_px);
    int64_t tiles = (int64_t)segment_tiles_count(&plan->rows) * segment_tiles_count(&plan->columns);
    if (tiles > 1)
        run_state_notice(
            job->run, FRINGE_NOTICE_TILED,
            "the network takes nothing but %ld x %ld pixels: %lld tiles, overlapping by %ld x %ld",
            (long)tile_width, (long)tile_height, (long long)tiles, (long)(tile_width - plan->columns.step),
            (long)(tile_height - plan->rows.step));
    return FRINGE_OK;
}

/* Column tiles: their inner part, `core` columns, is what the whole image would give, because the margins on
 * both sides hold all that it depends on, and begin where every layer's grid begins. */
static fringe_status plan_columns(const struct segment_job *job, struct segment_plan *plan, int64_t limit,
                                  fringe_error *error)
{
    int64_t stride = plan->facts.tile_stride, width = plan->width_px;
    /* The margin was computed for one column of the output; at another phase of the stride more may be
     * needed. */
    int64_t margin = rounded_up(plan->facts.tile_margin_px + stride, stride);
    int64_t whole_bytes = (int64_t)plan->facts.workspace_bytes;
    int64_t core = job->options.tile_px;
    if (core == 0) core = (int64_t)((double)width * (double)limit / (double)whole_bytes) - 2 * margin;
    int64_t least = rounded_up(SMALLEST_CORE_PX, stride);
    if (job->options.tile_px == 0 && core < least) core = least;
    for (;;) {
        core = rounded_up(core, stride);
        int64_t tile = core + 2 * margin;
        if (tile >= width) return FRINGE_OK; /* nothing is won */
        struct network *network;
        fringe_status status = segment_plan_compile(job, plan->height_px, (int32_t)tile, &network, error);
        if (status) return status;
        clear_piece(&plan->piece);
        plan->piece.network = network;
        network_get_facts(network, &plan->facts);
        plan->columns = (struct tile_cut){(int32_t)width, (int32_t)tile, (int32_t)core, 1};
        if (job->options.tile_px > 0 || core <= least || (int64_t)plan->facts.workspace_bytes <= limit) break;
        core -= core / 8 + stride; /* in small steps: wide tiles repeat less in their margins */
        if (core < least) core = least;
    }
    run_state_notice(
        job->run, FRINGE_NOTICE_TILED,
        "the image is cut into %ld tiles of %lld columns and %lld more to both sides; at once it "
        "would take %lld MiB",
        (long)segment_tiles_count(&plan->columns), (long long)core, (long long)margin,
        (long long)(whole_bytes >> 20));
    return FRINGE_OK;
}

static fringe_status decide(const struct segment_job *job, struct segment_plan *plan, fringe_error *error)
{
    const fringe_model_info *info = &job->model->info;
    fringe_status status =
        info->fixed_height_px > 0 ? plan_fixed(job, plan, error) : plan_whole(job, plan, error);
    if (status) return status;
    if (!plan->facts.streams && plan->facts.whole_because)
        run_state_notice(job->run, FRINGE_NOTICE_NOT_STREAMED,
                         "the network needs the whole image at once because of %s",
                         plan->facts.whole_because);

    int64_t limit = job->options.memory_bytes > 0 ? job->options.memory_bytes : DEFAULT_MEMORY_BYTES;
    int64_t needed = (int64_t)plan->facts.workspace_bytes;
    int whole = plan->rows.tile == plan->height_px && plan->columns.tile == plan->width_px;
    if (whole && plan->facts.tiles && plan->facts.reach_px >= 0 &&
        (job->options.tile_px > 0 || needed > limit))
        return plan_columns(job, plan, limit, error);
    if (job->options.memory_bytes > 0 && needed > limit)
        return failure_set(error, FRINGE_MEMORY,
                           "the network needs %lld bytes for %ld x %ld pixels, above the limit of %lld, and "
                           "the image cannot be cut%s%s",
                           (long long)needed, (long)plan->columns.tile, (long)plan->rows.tile,
                           (long long)limit, plan->facts.whole_because ? " because of " : "",
                           plan->facts.whole_because ? plan->facts.whole_because : "");
    return FRINGE_OK;
}

fringe_status segment_plan_make(const struct segment_job *job, struct segment_plan **result,
                                fringe_error *error)
{
    struct segment_plan *plan = alloc_array(1, sizeof *plan);
    *result = NULL;
    if (!plan) return failure_memory(error, "the network's plan", sizeof *plan);
    fringe_status status = decide(job, plan, error);
    if (status)
        segment_plan_free(plan);
    else
        *result = plan;
    return status;
}
