#include <stdint.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "model/loaded_model.h"

/* Numbers of no meaning, from -1 to 1: speed must not depend on zeros. Sums of golden ratios take next to no
 * time: they are made anew in every run, and it is the network that is timed. */
static fringe_status give_noise(void *user, size_t input, int64_t row_begin, int64_t row_end, float *to,
                                size_t plane_stride, size_t row_stride, fringe_error *error)
{
    const struct tensor *image = user;
    (void)input, (void)error;
    for (int64_t plane = 0; plane < image->dims[0] * image->dims[1]; plane++)
        for (int64_t y = row_begin; y < row_end; y++) {
            float *row = to + (size_t)plane * plane_stride + (size_t)(y - row_begin) * row_stride;
            uint32_t state = (uint32_t)(y * 40503u + plane * 1013904223u + 1);
            for (int64_t x = 0; x < image->dims[3]; x++, state += 2654435769u)
                row[x] = (float)(int32_t)state / 2147483648.0f;
        }
    return FRINGE_OK;
}

static fringe_status drop(void *user, size_t output, int64_t row_begin, int64_t row_end, const float *from,
                          size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)user, (void)output, (void)row_begin, (void)row_end, (void)from, (void)plane_stride,
        (void)row_stride;
    (void)error;
    return FRINGE_OK;
}

fringe_status fringe_model_time(const fringe_model *model, int32_t height_px, int32_t width_px,
                                int32_t run_count, const fringe_run *run, double *times_ms,
                                fringe_error *error)
{
    struct network *network = NULL;
    struct network_workspace *workspace = NULL;
    const fringe_run *used = NULL;
    if (height_px < 1 || width_px < 1 || run_count < 1)
        return failure_set(error, FRINGE_ARGUMENT, "%d runs of %d x %d pixels cannot be timed",
                           (int)run_count, (int)height_px, (int)width_px);
    fringe_status status = run_state_enter(run, &used, error);
    if (status) goto done;
    status = loaded_model_compile(model, height_px, width_px, 0, used, &network, error);
    if (!status) status = network_workspace_create(network, fringe_run_threads(used), &workspace, error);
    if (status) goto done;
    struct tensor image = *network_input(network, 0);
    for (int32_t i = -1; i < run_count && !status; i++) { /* the first one warms up */
        double before = clock_ms();
        run_state_span(used, (double)(i + 1) / (run_count + 1), (double)(i + 2) / (run_count + 1));
        status = network_run(network, workspace, give_noise, drop, &image, used, error);
        if (i >= 0) times_ms[i] = clock_ms() - before;
    }
done:
    network_workspace_free(workspace);
    network_free(network);
    run_state_leave(run, used);
    return status;
}
