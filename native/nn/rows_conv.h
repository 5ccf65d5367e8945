/* rows_conv.h - what the convolutions of the row executor share (rows_conv.c, rows_transposed.c). */
#ifndef NN_ROWS_CONV_H
#define NN_ROWS_CONV_H

#include "nn/plan_build.h"
#include "tensor/conv.h"

enum {
    BLOCK_ROWS = 8,       /* rows of a direct convolution computed together */
    STRETCH_PIXELS = 384, /* pixels of each at a time: whole tiles of every instruction path */
    PART_CHANNELS = 32,   /* output channels of one part of a row: enough work to share out */
    COLUMN_PIXELS = 96,   /* pixels of a column matrix gathered at a time: it should stay in L2 */
    MOST_TAPS = 256       /* of a kernel window; larger ones are left to the dense operator */
};

struct conv_data {
    int64_t groups, in_channels, out_channels; /* channels of one group */
    struct window window;
    int64_t taps, blocks; /* of the window; of a group */
    float *weights, *bias;
    size_t weight_floats; /* of one group */
    int relu;
    int gathers; /* the column matrix way */
    const struct conv_kernels *kernels;
    int64_t parts_per_group;
    size_t first_input, source_count; /* sources among the step's inputs */
    int adds;                         /* the input behind them is added to the convolution */
    char doubled[STEP_MOST_INPUTS];   /* a source is read as if each pixel came twice both ways */
    struct transposed_phase *phases;  /* transposed: stride[0] * stride[1] of them, row phase first */
    struct conv_data *tail;           /* a 1x1 convolution of further inputs, added to what this one gives */
};

/* Where a part lies: its group, first channel within the group and channel count; n of the batch. */
struct conv_part {
    int64_t n, group, channel, count;
};

static inline struct conv_part conv_part_of(const struct conv_data *data, int part)
{
    struct conv_part p;
    int64_t within = part % data->parts_per_group, rest = part / data->parts_per_group;
    p.group = rest % data->groups;
    p.n = rest / data->groups;
    p.channel = within * PART_CHANNELS;
    p.count = data->out_channels - p.channel < PART_CHANNELS ? data->out_channels - p.channel : PART_CHANNELS;
    return p;
}

/* What row `row` of a part sums, but for sources, taps and weights. */
static inline struct conv_sum conv_part_sum(const struct step *step, const struct execution *execution,
                                            const struct conv_part *p, int64_t row)
{
    const struct conv_data *data = step->data;
    int64_t first = p->group * data->out_channels + p->channel;
    struct conv_sum sum = {.bias = data->bias + p->group * data->blocks * CONV_BLOCK + p->channel,
                           .relu = data->relu};
    if (!data->adds) return sum;
    const struct slot *addend = &execution->network->slots[step->inputs[data->source_count]];
    sum.addend = execution_row(execution, addend, row) +
                 (size_t)(p->n * addend->channels + first) * addend->plane_stride;
    sum.addend_plane_stride = addend->plane_stride;
    return sum;
}

/* Weights (out, in, ky, kx) or, transposed, (in, out, ky, kx), and bias; scaled by the batch normalisation
 * behind, scale and shift NULL where there is none. */
struct conv_folded {
    const float *weights, *bias;
    float *scale, *shift; /* per output channel of all groups */
};

/* What Conv and ConvTranspose share: operands, folding, the step and its data, with bias packed and weights
 * zeroed. *taken 0 where rows cannot do it. conv_end frees what was folded and words a lack of memory. */
fringe_status conv_begin(struct plan_builder *builder, const struct graph_node *node, int transposed,
                         const struct step_kind *kind, struct conv_folded *folded, struct step **step,
                         int *taken);
/* Whether a convolution is done by Winograd's filtering (rows_winograd.c): decided by the layer alone. Then
 * rows_winograd_finish turns the step that conv_begin made, with its dependences set, into one of that kind.
 */
int rows_winograd_suits(const struct conv_params *params, int64_t in_channels, int64_t out_channels);
/* Whether such a one takes an input that a Resize would double as it was before. */
int rows_winograd_doubles(const struct conv_params *params);
fringe_status rows_winograd_finish(struct plan_builder *builder, struct step *step,
                                   const struct conv_folded *folded);
extern const struct step_kind rows_winograd_kind;

/* Adds the tail of a part of row `row` to pixels [x, x + n), where `to` begins with the row's first pixel and
 * holds what the convolution itself gave. */
void conv_add_tail(const struct step *step, const struct execution *execution, const struct conv_part *p,
                   int64_t row, int64_t x, int64_t n, float *to);

fringe_status conv_end(struct plan_builder *builder, struct conv_folded *folded, fringe_status status);
void conv_clear(struct step *step);

#endif
