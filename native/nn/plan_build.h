/* plan_build.h - how the families of steps (rows_<family>.c) put themselves into a plan.
 *
 * The nodes of a graph are lowered in order. For each, the table in plan.c names a function that adds steps,
 * or leaves the node alone: then it is computed on dense tensors. A value is wanted in rows or dense form and
 * converted on demand. Concatenations along channels and nearest upsamplings by two are not computed until
 * somebody other than a convolution wants them: a convolution reads the parts where they lie, and may double
 * pixels itself.
 */
#ifndef NN_PLAN_BUILD_H
#define NN_PLAN_BUILD_H

#include "nn/plan.h"

struct plan_builder {
    struct network *network;
    const struct graph *graph;
    int *rows_slots, *dense_slots; /* by value; -1: not in this form (yet) */
    int *put_off;   /* by value: the node that makes it and is not lowered before somebody wants it, -1 */
    int *readers;   /* by value: the one node that reads it; -1 when none, several, or an output */
    char *absorbed; /* by node: computed by the step of an earlier node */
    size_t slot_capacity, step_capacity;
    fringe_error *error;
};

/* The slot of a value in the wanted form, made by a conversion where it is not there. */
fringe_status builder_rows(struct plan_builder *builder, int value, int *slot);
fringe_status builder_dense(struct plan_builder *builder, int value, int *slot);

/* 1 where a value is, or can be made, rows: float of rank 4 with at least one pixel. */
int builder_can_be_rows(const struct plan_builder *builder, int value);

/* A constant float input of a node by position, NULL where it is left out or no constant. */
const struct tensor *builder_constant(const struct plan_builder *builder, const struct graph_node *node,
                                      size_t input);

/* Adds a step that fills a fresh rows slot for `value` from input slots; dependences start as point-wise (one
 * row and column each, broadcast where an input has only one), parts as 1. The pointer is valid until the
 * next call. */
fringe_status builder_step(struct plan_builder *builder, const struct step_kind *kind,
                           const struct graph_node *node, const int *inputs, size_t input_count, int value,
                           struct step **step);

/* Like builder_step for a slot of either form. */
fringe_status builder_step_form(struct plan_builder *builder, const struct step_kind *kind,
                                const struct graph_node *node, const int *inputs, size_t input_count,
                                int value, enum slot_form form, struct step **step);

/* Memory for a step's data; zeroed; NULL sets the error. Freed by the kind's clear. */
fringe_status builder_data(struct plan_builder *builder, struct step *step, size_t bytes);

/* If the only reader of `value` is a node of this operator that is not absorbed, its index, else -1. */
int builder_sole_reader(const struct plan_builder *builder, int value, const char *operator);

/* Lowers one node into steps; *taken says whether it did. */
typedef fringe_status plan_lower(struct plan_builder *builder, const struct graph_node *node, int *taken);

plan_lower rows_conv_lower, rows_transposed_lower, rows_pool_lower, rows_resize_lower, rows_pad_lower,
    rows_slice_lower, rows_repeat_lower, rows_split_lower, rows_depth_lower, rows_norm_lower,
    rows_softmax_lower, rows_unary_lower, rows_binary_lower, rows_reduce_lower, rows_group_norm_lower,
    rows_reshaped_norm_lower;

/* Nodes that are put off: a concatenation along channels (plan.c), and a Resize that gives every pixel twice
 * in rows and columns (rows_map.c). */
int plan_concatenates(const struct graph_node *node);
int rows_resize_doubles(const struct graph_node *node);

/* Conversions and the dense way (plan_convert.c). */
fringe_status convert_input(struct plan_builder *builder, int value);
fringe_status convert_scatter(struct plan_builder *builder, int value, int *slot);
fringe_status convert_gather(struct plan_builder *builder, int value, int *slot);
fringe_status convert_constant(struct plan_builder *builder, int value, int *slot);
fringe_status convert_concat(struct plan_builder *builder, int value, int *slot);
fringe_status convert_dense(struct plan_builder *builder, const struct graph_node *node);
extern const struct step_kind convert_input_kind, convert_gather_kind, convert_dense_kind,
    convert_constant_kind;

/* What a step of the dense form does when its turn comes (execute.c calls it). */
fringe_status convert_run_dense(const struct step *step, struct execution *execution, fringe_error *error);

/* Dependences of one axis. */
struct dependence dependence_window(int64_t stride, int64_t pad, int64_t dilation, int64_t kernel);
struct dependence dependence_transposed(int64_t stride, int64_t pad, int64_t dilation, int64_t kernel);
struct dependence dependence_whole(void);
/* From what each of `out` indices reads: low[i] .. high[i], low < 0 for nothing. */
fringe_status dependence_table(struct dependence *dependence, const int32_t *low, const int32_t *high,
                               int64_t out, int64_t in, fringe_error *error);

/* Band height, rings, memory and facts; the last part of network_create (plan_schedule.c). */
fringe_status schedule_plan(struct network *network, int64_t band_rows, fringe_error *error);
void schedule_facts(struct network *network);

/* For every slot the rows that must exist when `done` rows of the first output are to be there. */
void schedule_targets(const struct network *network, const int64_t *end, int64_t done, int64_t *target);
/* On the way there, the rows of every slot to reach next; 1 where those are the targets. */
int schedule_wave(const struct network *network, const int64_t *end, const int64_t *target, int64_t *wave);
/* For every slot the first row that steps still need. */
void schedule_keeps(const struct network *network, const int64_t *end, int64_t *keep);
/* Rows of the first output: the unit of `done` and of bands. */
int64_t schedule_rows(const struct network *network);

/* Restores the zeros between a row's width and the next margin, which kernels overwrite in whole vectors: of
 * one row, in `plane_count` planes from the one that `row` lies in. Every row function ends with it. */
void rows_seal(const struct slot *slot, float *row, int64_t plane_count);

#endif
