/* operator.h - what the graph compiler knows of an operator.
 *
 * Each ONNX operator is a row of a table (operator_table.c): the opset versions at which its definition
 * changed, a function that reads its attributes and infers the shape of its outputs, and one that computes it
 * on dense tensors. Families stand in operator_<family>.c; numbers are crunched in tensor/, which knows no
 * ONNX. The dense computation serves for folding constants, for the operators that cannot run in bands of
 * rows, and as the reference for those that can.
 */
#ifndef NN_OPERATOR_H
#define NN_OPERATOR_H

#include "fringe/run.h"
#include "onnx/onnx_model.h"
#include "tensor/tensor.h"

enum { OPERATOR_MOST_OUTPUTS = 16 };

/* One node in the hands of its operator. */
struct operator_call {
    const struct onnx_node *node; /* for attributes and for messages */
    int opset;                    /* of the model */
    size_t input_count, output_count;
    const struct tensor *const *inputs; /* NULL where left out; data NULL where not yet known (infer only) */
    struct tensor *const *outputs;      /* NULL where nobody wants it */
    void *params;                       /* the operator's own, params_bytes zeroed bytes, filled by infer */
    const fringe_run *run;              /* for threads; never NULL in evaluate */
};

struct operator_entry {
    const char *name; /* ONNX's */
    /* Opsets at which the definition changed, rising, ending in 0: a model of opset v has the definition of
     * the last that is <= v. Those above OPERATOR_NEWEST_OPSET are listed up to OPERATOR_LISTED_OPSET, which
     * is how a newer model is accepted where nothing of it changed. */
    const short *versions;
    size_t params_bytes; /* 0 to a few hundred */
    int heavy;           /* never computed while compiling, whatever its inputs: a small file may ask much */
    int shape_only;      /* the result depends on the first input's shape alone */
    int forwards;        /* the first output is the first input, where it is of the same type */
    /* Checks number, type and shape of inputs, reads attributes into params, sets type and shape of outputs.
     * Inputs that decide a shape (Reshape's second, Slice's bounds, ...) must have data, else
     * FRINGE_UNSUPPORTED saying which. */
    fringe_status (*infer)(struct operator_call *call, fringe_error *error);
    /* Fills the data of the outputs, which is allocated. */
    fringe_status (*evaluate)(const struct operator_call *call, fringe_error *error);
    void (*release)(void *params);             /* frees what params own; NULL where they own nothing */
    size_t (*owned_bytes)(const void *params); /* how much that is */
};

enum {
    OPERATOR_OLDEST_OPSET = 7,
    OPERATOR_NEWEST_OPSET = 23, /* every definition up to here is implemented */
    OPERATOR_LISTED_OPSET = 28  /* every change up to here is in the table */
};

/* The entry for a node, after checking that its definition in this opset is implemented. FRINGE_UNSUPPORTED
 * naming operator, domain, node and opset otherwise. */
fringe_status operator_find(const struct onnx_node *node, int64_t opset, const struct operator_entry **entry,
                            fringe_error *error);

/* ---- for the families ---- */

/* `node 'conv1' (Conv): ` and the format's words, as FRINGE_MODEL. */
__attribute__((format(printf, 3, 4))) fringe_status
operator_wrong(const struct operator_call *call, fringe_error *error, const char *format, ...);
/* The same as FRINGE_UNSUPPORTED. */
__attribute__((format(printf, 3, 4))) fringe_status
operator_lacks(const struct operator_call *call, fringe_error *error, const char *format, ...);

/* Checks that there are `least` to `most` inputs, that the first `least` are not left out, and that somebody
 * wants at most `outputs` outputs. */
fringe_status operator_arity(const struct operator_call *call, size_t least, size_t most, size_t outputs,
                             fringe_error *error);

/* Input `index` or NULL: left out, or beyond the last. */
const struct tensor *operator_input(const struct operator_call *call, size_t index);

/* FRINGE_UNSUPPORTED unless input `index` (which must be there) is of that type. */
fringe_status operator_typed(const struct operator_call *call, size_t index, enum tensor_type type,
                             fringe_error *error);

/* Sets type and shape of output `index`, if anybody wants it. */
fringe_status operator_output(const struct operator_call *call, size_t index, enum tensor_type type, int rank,
                              const int64_t *dims, fringe_error *error);

/* Brings an axis in -rank .. rank - 1 to 0 .. rank - 1. */
fringe_status operator_axis(const struct operator_call *call, int64_t axis, int rank, int *result,
                            fringe_error *error);

/* The values of a constant int64 or int32 input of rank 0 or 1: at most `most` of them. */
fringe_status operator_whole_numbers(const struct operator_call *call, size_t index, size_t most,
                                     int64_t *values, size_t *count, fringe_error *error);

/* The same from attribute `name`, or, where the definition has it as an input, from input `index`: SIZE_MAX
 * says that it is an attribute. *count is SIZE_MAX where neither is there. */
fringe_status operator_whole_numbers_from(const struct operator_call *call, const char *name, size_t index,
                                          size_t most, int64_t *values, size_t *count, fringe_error *error);

/* The one value of a constant float32 input; `fallback` where it is left out. */
fringe_status operator_number(const struct operator_call *call, size_t index, float fallback, float *value,
                              fringe_error *error);

/* Attributes with their defaults. A present attribute of another kind is FRINGE_MODEL. */
fringe_status operator_int(const struct operator_call *call, const char *name, int64_t fallback,
                           int64_t *value, fringe_error *error);
fringe_status operator_float(const struct operator_call *call, const char *name, float fallback, float *value,
                             fringe_error *error);
fringe_status operator_string(const struct operator_call *call, const char *name, const char *fallback,
                              const char **value, fringe_error *error);
/* *values NULL and *count 0 where absent. */
fringe_status operator_ints(const struct operator_call *call, const char *name, const int64_t **values,
                            size_t *count, fringe_error *error);
/* *values NULL and *count 0 where absent. */
fringe_status operator_floats(const struct operator_call *call, const char *name, const float **values,
                              size_t *count, fringe_error *error);

#endif
