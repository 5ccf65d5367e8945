/* operator_window.h - the attributes that convolutions and pools share, and the sizes that follow. */
#ifndef NN_OPERATOR_WINDOW_H
#define NN_OPERATOR_WINDOW_H

#include "nn/operator.h"
#include "tensor/window.h"

enum window_padding { WINDOW_PADS, WINDOW_SAME_UPPER, WINDOW_SAME_LOWER }; /* VALID is pads of 0 */

/* Reads kernel_shape (left as it is in `window` where absent), strides, dilations, pads and auto_pad.
 * window->spatial must be set. */
fringe_status operator_window_read(const struct operator_call *call, struct window *window,
                                   enum window_padding *padding, fringe_error *error);

/* The input pixels that a window covers along an axis, gaps included. */
int64_t operator_window_extent(const struct window *window, int axis);

/* Shares out `total` pixels of padding on an axis. */
void operator_window_share(struct window *window, int axis, enum window_padding padding, int64_t total);

/* The output's length along an axis; resolves SAME into pads. With `ceil` a last window that begins inside
 * the input or its leading padding counts though it reaches beyond the end. */
fringe_status operator_window_length(const struct operator_call *call, struct window *window, int axis,
                                     enum window_padding padding, int ceil, int64_t in, int64_t *out,
                                     fringe_error *error);

#endif
