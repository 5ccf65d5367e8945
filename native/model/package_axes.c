/* package_axes.c - axes, sizes and pixel sizes of inputs and outputs.
 *
 * Format 0.4 writes `axes: bcyx` and one `shape` for all axes, 0.5 a list of axes each with its own size. The
 * two are told apart by what stands there, not by the version.
 */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "io/length_unit.h"
#include "model/package_build.h"

static const double MOST_PIXELS = 1 << 30; /* no axis is longer: keeps every size in an int32_t */

void *package_take(const struct package_build *build, size_t count, size_t size, fringe_error *error)
{
    void *block = arena_array(build->arena, count, size);
    if (!block)
        text_tree_wrong(build->tree, NULL, FRINGE_MEMORY, error, "%zu bytes could not be had", count * size);
    return block;
}

fringe_status package_number(const struct package_build *build, const struct text_node *node, double least,
                             double most, double *value, fringe_error *error)
{
    char low[NUMBER_TEXT_BYTES], high[NUMBER_TEXT_BYTES];
    double number = 0;
    if (!text_tree_number(node, &number))
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "'%.40s' is not a number",
                               node ? node->text : "");
    if (!(number >= least && number <= most))
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "%.40s is not in %s to %s", node->text,
                               number_text(least, 9, low), number_text(most, 9, high));
    *value = number;
    return FRINGE_OK;
}

/* A whole number of pixels. */
static fringe_status read_pixels(const struct package_build *build, const struct text_node *node,
                                 double least, int64_t *value, fringe_error *error)
{
    double number = 0;
    fringe_status status = package_number(build, node, least, MOST_PIXELS, &number, error);
    if (status) return status;
    if (number != floor(number))
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "%.40s is not a whole number",
                               node->text);
    *value = (int64_t)number;
    return FRINGE_OK;
}

/* 0.4's letters; the id of an axis that is none of them is "". */
static enum axis_kind kind_of_letter(char letter, const char **id)
{
    static const struct {
        const char *letter;
        enum axis_kind kind;
    } letters[] = {{"b", AXIS_BATCH}, {"c", AXIS_CHANNEL}, {"y", AXIS_Y}, {"x", AXIS_X}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (*letters[i].letter == letter) {
            *id = letters[i].letter;
            return letters[i].kind;
        }
    *id = "";
    return AXIS_OTHER;
}

/* 0.5: the type says what an axis is, the id which of the two directions of space. */
static enum axis_kind kind_of_node(const struct text_node *axis, const char **id)
{
    const char *type = text_tree_text(axis, "type", "");
    int is_space = strcmp(type, "space") == 0;
    *id = text_tree_text(axis, "id", is_space ? "x" : type); /* the format's own defaults */
    if (strcmp(type, "batch") == 0) return AXIS_BATCH;
    if (strcmp(type, "channel") == 0) return AXIS_CHANNEL;
    if (is_space && strcmp(*id, "y") == 0) return AXIS_Y;
    if (is_space && strcmp(*id, "x") == 0) return AXIS_X;
    return AXIS_OTHER;
}

/* Where the position of an axis is kept; NULL for kinds that no image network of ours has. */
static int *position_of(struct package_tensor *tensor, enum axis_kind kind)
{
    switch (kind) {
    case AXIS_BATCH:
        return &tensor->batch_axis;
    case AXIS_CHANNEL:
        return &tensor->channel_axis;
    case AXIS_Y:
        return &tensor->y_axis;
    case AXIS_X:
        return &tensor->x_axis;
    case AXIS_OTHER:
        break;
    }
    return NULL;
}

/* Fills in which axis stands where. Volumes, time and lists of points are refused here, by name. */
static fringe_status read_axes(const struct package_build *build, const struct text_node *node,
                               struct package_axes *axes, struct package_tensor *tensor, fringe_error *error)
{
    int is_letters = node && node->kind == TEXT_SCALAR;
    size_t count = is_letters ? strlen(node->text) : node ? node->count : 0;
    if (count == 0 || (!is_letters && node->kind != TEXT_LIST))
        return text_tree_wrong(build->tree, node, FRINGE_MODEL, error, "'%s' has no axes", tensor->name);
    if (count > PACKAGE_MOST_AXES)
        return text_tree_wrong(build->tree, node, FRINGE_UNSUPPORTED, error, "%zu axes, at most %d are known",
                               count, PACKAGE_MOST_AXES);
    tensor->batch_axis = tensor->channel_axis = tensor->y_axis = tensor->x_axis = -1;
    tensor->rank = (int)count;
    axes->count = count;
    for (size_t i = 0; i < count; i++) {
        struct package_axis *axis = &axes->items[i];
        axis->node = is_letters ? NULL : text_tree_item(node, i);
        axis->kind =
            is_letters ? kind_of_letter(node->text[i], &axis->id) : kind_of_node(axis->node, &axis->id);
        const struct text_node *at = is_letters ? node : axis->node;
        int *position = position_of(tensor, axis->kind);
        if (!position)
            return text_tree_wrong(build->tree, at, FRINGE_UNSUPPORTED, error,
                                   "axis %zu ('%.40s'): Fringe runs networks over y and x alone", i + 1,
                                   is_letters ? node->text + i : axis->id);
        if (*position >= 0)
            return text_tree_wrong(build->tree, at, FRINGE_MODEL, error, "axis '%.40s' stands twice",
                                   axis->id);
        *position = (int)i;
    }
    return FRINGE_OK;
}

static struct package_extent *extent_of(struct package_tensor *tensor, enum axis_kind kind)
{
    return kind == AXIS_Y ? &tensor->height : kind == AXIS_X ? &tensor->width : NULL;
}

/* The size of one axis: `fixed` a number; else `min` and `step`. Nodes that are absent are NULL. */
static fringe_status read_size(const struct package_build *build, struct package_tensor *tensor,
                               enum axis_kind kind, const struct text_node *fixed,
                               const struct text_node *min, const struct text_node *step, fringe_error *error)
{
    int64_t size = 0, least = 1, stride = 1;
    fringe_status status = FRINGE_OK;
    struct package_extent *extent = extent_of(tensor, kind);
    if (fixed) {
        status = read_pixels(build, fixed, 1, &size, error);
    } else if (min) {
        status = read_pixels(build, min, 1, &least, error);
        if (!status && step) status = read_pixels(build, step, 0, &stride, error);
        if (stride == 0 || kind == AXIS_CHANNEL) size = least; /* a step of nothing: this size alone */
    }
    if (status) return status;
    if (extent) *extent = (struct package_extent){size, least, stride > 0 ? stride : 1};
    if (kind == AXIS_CHANNEL && size > 0) tensor->channel_count = size;
    return FRINGE_OK;
}

/* 0.4: an output's size as scale * input + 2 * offset. */
static fringe_status read_relation(const struct package_build *build, struct package_tensor *tensor,
                                   enum axis_kind kind, const struct text_node *scale,
                                   const struct text_node *offset, fringe_error *error)
{
    double factor = 0, half = 0;
    fringe_status status = FRINGE_OK;
    if (!text_tree_is_null(scale)) status = package_number(build, scale, 0, 1024, &factor, error);
    if (!status && !text_tree_is_null(offset))
        status = package_number(build, offset, -1e6, 1e6, &half, error);
    if (status) return status;
    if (kind == AXIS_Y) tensor->scale_y = factor;
    if (kind == AXIS_X) tensor->scale_x = factor;
    if (kind == AXIS_CHANNEL && factor == 0) tensor->channel_count = (int64_t)(2 * half);
    return FRINGE_OK;
}

/* 0.4: `shape` and `halo` for all axes at once. */
static fringe_status read_shape(const struct package_build *build, const struct text_node *node,
                                const struct package_axes *axes, struct package_tensor *tensor,
                                fringe_error *error)
{
    const struct text_node *shape = text_tree_find(node, "shape"), *halo = text_tree_find(node, "halo");
    const struct text_node *min = text_tree_find(shape, "min"), *step = text_tree_find(shape, "step");
    const struct text_node *scale = text_tree_find(shape, "scale"), *offset = text_tree_find(shape, "offset");
    const struct text_node *lists[] = {shape && shape->kind == TEXT_LIST ? shape : NULL,
                                       min,
                                       step,
                                       scale,
                                       offset,
                                       text_tree_is_null(halo) ? NULL : halo};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i] && (lists[i]->kind != TEXT_LIST || lists[i]->count != axes->count))
            return text_tree_wrong(build->tree, lists[i], FRINGE_MODEL, error,
                                   "has %zu entries for the %zu axes of '%s'", lists[i]->count, axes->count,
                                   tensor->name);
    for (size_t i = 0; i < axes->count; i++) {
        enum axis_kind kind = axes->items[i].kind;
        fringe_status status = scale ? read_relation(build, tensor, kind, text_tree_item(scale, i),
                                                     text_tree_item(offset, i), error)
                                     : read_size(build, tensor, kind, text_tree_item(lists[0], i),
                                                 text_tree_item(min, i), text_tree_item(step, i), error);
        int64_t margin = 0;
        if (!status && lists[5]) status = read_pixels(build, text_tree_item(halo, i), 0, &margin, error);
        if (status) return status;
        if (margin > tensor->halo_px) tensor->halo_px = margin;
    }
    return FRINGE_OK;
}

/* The names also say how many channels there are: 0.5 has no other place for it. */
static fringe_status read_channel_names(const struct package_build *build, const struct text_node *list,
                                        struct package_tensor *tensor, fringe_error *error)
{
    if (!list || list->kind != TEXT_LIST) return FRINGE_OK;
    const char **names = package_take(build, list->count, sizeof *names, error);
    if (!names) return FRINGE_MEMORY;
    size_t count = 0;
    for (const struct text_node *item = list->first; item; item = item->next) names[count++] = item->text;
    tensor->channel_names = names;
    tensor->channel_name_count = count;
    tensor->channel_count = (int64_t)count;
    return FRINGE_OK;
}

/* 0.5: the distance of two pixels, from scale and unit. */
static fringe_status read_scale(const struct package_build *build, const struct text_node *axis,
                                double *scale, double *nm, fringe_error *error)
{
    const struct text_node *node = text_tree_find(axis, "scale");
    *scale = 1;
    *nm = 0;
    if (text_tree_is_null(node)) return FRINGE_OK;
    fringe_status status = package_number(build, node, 1e-12, 1e12, scale, error);
    if (status) return status;
    double unit_nm;
    if (length_unit_find(text_tree_text(axis, "unit", ""), &unit_nm) == LENGTH_UNIT_LENGTH)
        *nm = *scale * unit_nm;
    return FRINGE_OK;
}

/* 0.5: each axis for itself. */
static fringe_status read_axis_nodes(const struct package_build *build, const struct package_tensor *inputs,
                                     const struct package_axes *axes, struct package_tensor *tensor,
                                     fringe_error *error)
{
    double scales[2] = {1, 1}, nm[2] = {0, 0}; /* y, x */
    for (size_t i = 0; i < axes->count; i++) {
        const struct package_axis *axis = &axes->items[i];
        const struct text_node *size = text_tree_find(axis->node, "size"),
                               *halo = text_tree_find(axis->node, "halo");
        int is_number = size && size->kind == TEXT_SCALAR && !text_tree_is_null(size);
        int64_t margin = 0;
        fringe_status status = read_size(build, tensor, axis->kind, is_number ? size : NULL,
                                         text_tree_find(size, "min"), text_tree_find(size, "step"), error);
        if (!status && axis->kind == AXIS_CHANNEL)
            status = read_channel_names(build, text_tree_find(axis->node, "channel_names"), tensor, error);
        if (!status && (axis->kind == AXIS_Y || axis->kind == AXIS_X))
            status = read_scale(build, axis->node, &scales[axis->kind == AXIS_X], &nm[axis->kind == AXIS_X],
                                error);
        if (!status && !text_tree_is_null(halo)) status = read_pixels(build, halo, 0, &margin, error);
        if (status) return status;
        if (margin > tensor->halo_px) tensor->halo_px = margin;
    }
    /* One number stands for both axes; where they differ by more than the 0.5 % that count as square, none.
     */
    if (nm[0] > 0 && fabs(nm[0] - nm[1]) <= 0.005 * nm[0]) tensor->nm_per_px = nm[0];
    tensor->scale_y = scales[0];
    tensor->scale_x = scales[1];
    if (inputs) { /* twice the distance of pixels is half as many of them */
        tensor->scale_y = inputs[0].scale_y / scales[0];
        tensor->scale_x = inputs[0].scale_x / scales[1];
    }
    return FRINGE_OK;
}

fringe_status package_axes_read(const struct package_build *build, const struct text_node *node,
                                const struct package_tensor *inputs, struct package_axes *axes,
                                struct package_tensor *tensor, fringe_error *error)
{
    const struct text_node *list = text_tree_find(node, "axes");
    tensor->height = tensor->width = (struct package_extent){0, 1, 1};
    fringe_status status = read_axes(build, list, axes, tensor, error);
    if (status) return status;
    if (tensor->channel_axis < 0) tensor->channel_count = 1;
    if (list->kind == TEXT_SCALAR) {
        tensor->scale_y = tensor->scale_x = 1;
        return read_shape(build, node, axes, tensor, error);
    }
    return read_axis_nodes(build, inputs, axes, tensor, error);
}
