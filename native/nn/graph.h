/* graph.h - an ONNX graph compiled for given input shapes: every shape known, constants folded.
 *
 * Folding runs the dense operators, so the chains of Shape, Gather, Concat and Resize that PyTorch exports
 * vanish. What is left is a list of nodes in an order in which each comes behind those it reads, without dead
 * ones and without Identity, Dropout and Cast that hand their input on. Nodes that convolve, pool or multiply
 * are never folded: a small hostile file could ask for hours of them. Transposes are moved behind all
 * operators that do not mind (graph_passes.h), whose params, not attributes, then say what they do.
 */
#ifndef NN_GRAPH_H
#define NN_GRAPH_H

#include "fringe/run.h"
#include "nn/operator.h"

struct graph_value {
    const char *name;     /* owned by the ONNX model */
    struct tensor tensor; /* data where it is a constant (or a bound input) */
    int producer;         /* index of a node; -1 for inputs and constants */
    int use_count;        /* readers: nodes of the graph and graph outputs */
};

struct graph_node {
    const struct operator_entry *operator;
    const struct onnx_node *source;
    size_t input_count, output_count;
    int *inputs;  /* indices of values; -1 where left out */
    int *outputs; /* -1 where unnamed or unused */
    void *params; /* filled by infer */
};

struct graph {
    const struct onnx_model *model; /* must outlive the graph */
    size_t value_count, node_count, input_count, output_count;
    struct graph_value *values;
    struct graph_node *nodes;
    int *inputs;  /* values of the model's inputs, in its order */
    int *outputs; /* values of its outputs; one may be an input or a constant */
    int *links;   /* the memory behind the nodes' lists */
};

/* What is known of one input of the model: its shape and, where data is not NULL, its content (then it is a
 * constant: test cases bind shape operands in this way). */
struct graph_binding {
    const char *name;
    struct tensor tensor;
};

/* Compiles. `bindings` name every input of the model that its outputs depend on; their data are copied. Fixed
 * dimensions that the model declares for an input are not compared with the binding's: a network may be run
 * on other sizes than it was exported with. FRINGE_UNSUPPORTED for an operator, definition or type that
 * Fringe lacks (operator, node and opset named), FRINGE_MODEL for a graph that contradicts itself (cycles,
 * missing values, shapes that disagree: both shapes named), FRINGE_MEMORY. */
fringe_status graph_create(const struct onnx_model *model, const struct graph_binding *bindings,
                           size_t binding_count, const fringe_run *run, struct graph **graph,
                           fringe_error *error);

/* NULL is accepted. */
void graph_free(struct graph *graph);

/* Whether every operator of a model is known in its opset; needs no shapes. The check at load. */
fringe_status graph_check_operators(const struct onnx_model *model, fringe_error *error);

/* Computes one node on dense tensors: inputs[i] has data (NULL where left out), outputs[i] shape and data
 * (NULL where node->outputs[i] is -1). `run` is not NULL. */
fringe_status graph_node_evaluate(const struct graph *graph, const struct graph_node *node,
                                  const struct tensor *const *inputs, struct tensor *const *outputs,
                                  const fringe_run *run, fringe_error *error);

#endif
