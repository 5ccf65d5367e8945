/* network.h - a network ready to run on images of one shape, band of rows by band of rows.
 *
 * network_create compiles the graph (graph.h), fuses layers and plans the memory. The plan's unit of work is
 * a range of rows of a layer. A run computes full-width bands: of every layer just the rows that the band
 * still needs, and it keeps each layer's last rows for the next band. Nothing is computed twice and no halo
 * is cut, so the result is the same bytes for any band height, and memory does not grow with the image's
 * height. Operators that cannot be banded (global statistics, ranks other than 4) are computed whole when all
 * their input is there.
 *
 * Images are (N, C, H, W) float. A network is immutable and may be run by many threads at once, each with a
 * workspace of its own. Results do not depend on the number of threads.
 */
#ifndef NN_NETWORK_H
#define NN_NETWORK_H

#include "fringe/run.h"
#include "nn/graph.h"

struct network;
struct network_workspace;

/* Compiles and plans. `bindings` name every input of the model with its shape, those with data as constants
 * (see graph_create); they must outlive nothing: data are copied. `band_rows` is the number of rows of the
 * first output per band, 0 for a choice by the layers' sizes. Statuses as graph_create's. */
fringe_status network_create(const struct onnx_model *model, const struct graph_binding *bindings,
                             size_t binding_count, int64_t band_rows, const fringe_run *run,
                             struct network **network, fringe_error *error);

/* network_create for the usual case: one float input, here of shape (1, channels, height, width). */
fringe_status network_create_for_image(const struct onnx_model *model, int64_t channels, int64_t height,
                                       int64_t width, int64_t band_rows, const fringe_run *run,
                                       struct network **network, fringe_error *error);

/* NULL is accepted. The ONNX model must outlive the network. */
void network_free(struct network *network);

/* What is known from the plan. */
struct network_facts {
    size_t input_count, output_count; /* unbound inputs; outputs */
    int streams;                      /* 1: every layer runs in bands */
    const char *whole_because; /* where it does not: the operator that needs the whole image; else NULL */
    int tiles; /* 1: columns may be cut too: streams, and all scales are whole numbers or their inverses */
    int64_t stride;   /* image sizes that are multiples of this keep every layer aligned */
    int64_t reach_px; /* an output pixel depends on no input pixel farther away than this in a row or column;
                         -1 where it depends on the whole image. Receptive field: 2 * reach + 1 */
    /* For tiles that give the same bytes as the whole: they begin at multiples of tile_stride and are
     * computed with tile_margin_px more columns on either side (some layers work in groups of columns); -1
     * where reach is. */
    int64_t tile_stride, tile_margin_px;
    int64_t parameter_count;
    double flop;            /* 2 for each multiply-add of this shape, all layers */
    size_t workspace_bytes; /* of one run, weights apart */
    size_t weight_bytes;    /* packed weights */
    int64_t band_rows;
};
void network_get_facts(const struct network *network, struct network_facts *facts);

/* Shape and type of an unbound input or an output, by position; data is NULL. */
const struct tensor *network_input(const struct network *network, size_t index);
const struct tensor *network_output(const struct network *network, size_t index);
const char *network_input_name(const struct network *network, size_t index);
const char *network_output_name(const struct network *network, size_t index);

/* Memory for one run at a time, reserved once; runs allocate nothing more unless a layer cannot be banded. */
fringe_status network_workspace_create(const struct network *network, int threads,
                                       struct network_workspace **workspace, fringe_error *error);
void network_workspace_free(struct network_workspace *workspace);

/* Gives rows row_begin .. row_end - 1 of an input: value (plane, row, x) goes to
 * to[plane * plane_stride + (row - row_begin) * row_stride + x], planes being N * C. Called on the thread of
 * network_run, rows rising without gaps. */
typedef fringe_status network_source(void *user, size_t input, int64_t row_begin, int64_t row_end, float *to,
                                     size_t plane_stride, size_t row_stride, fringe_error *error);

/* Takes rows of an output, in the same form. */
typedef fringe_status network_sink(void *user, size_t output, int64_t row_begin, int64_t row_end,
                                   const float *from, size_t plane_stride, size_t row_stride,
                                   fringe_error *error);

/* Runs on streams; every unbound input and every output must be float of rank 4, else FRINGE_ARGUMENT.
 * Progress goes to `run` (not NULL), and after a cancel no further row is started. */
fringe_status network_run(const struct network *network, struct network_workspace *workspace,
                          network_source *source, network_sink *sink, void *user, const fringe_run *run,
                          fringe_error *error);

/* Runs on dense tensors of any type and rank: inputs[i] has data in the shape of network_input(i); outputs[i]
 * is set to the shape of network_output(i) and allocated here; the caller clears it. */
fringe_status network_run_dense(const struct network *network, struct network_workspace *workspace,
                                const struct tensor *const *inputs, struct tensor *outputs,
                                const fringe_run *run, fringe_error *error);

#endif
