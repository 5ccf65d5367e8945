#include "train/architecture.h"

#include "base/failure.h"

enum { MOST_CHANNELS = 4096, MOST_CONVOLUTIONS = 8 };

void architecture_init(struct architecture *architecture)
{
    *architecture = (struct architecture){.kind = ARCHITECTURE_UNET,
                                          .input_channels = 1,
                                          .classes = 2,
                                          .levels = 4,
                                          .widths = {8, 16, 32, 64},
                                          .encoder_convolutions = 2,
                                          .decoder_convolutions = 2,
                                          .batch_norm = 1};
}

static fringe_status check_range(const char *what, int32_t value, int32_t low, int32_t high,
                                 fringe_error *error)
{
    if (value >= low && value <= high) return FRINGE_OK;
    return failure_set(error, FRINGE_ARGUMENT, "network: %s is %d, not %d to %d", what, (int)value, (int)low,
                       (int)high);
}

fringe_status architecture_check(const struct architecture *a, fringe_error *error)
{
    fringe_status status = check_range("levels", a->levels, 1, ARCHITECTURE_MOST_LEVELS, error);
    if (!status) status = check_range("input channels", a->input_channels, 1, MOST_CHANNELS, error);
    if (!status) status = check_range("classes", a->classes, 2, ARCHITECTURE_MOST_CLASSES, error);
    for (int32_t i = 0; i < a->levels && !status; i++)
        status = check_range("width", a->widths[i], 1, MOST_CHANNELS, error);
    if (!status)
        status = check_range("encoder convolutions", a->encoder_convolutions, 1, MOST_CONVOLUTIONS, error);
    if (!status)
        status = check_range("decoder convolutions", a->decoder_convolutions, 1, MOST_CONVOLUTIONS, error);
    return status;
}
