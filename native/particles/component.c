#include "particles/component.h"

#include "base/alloc.h"
#include "base/failure.h"

/* Provisional numbers, and which of them mean the same component: number k points to a lower or equal one. */
struct numbers {
    int32_t *parent;
    int32_t count, capacity;
};

static int32_t root_of(const struct numbers *numbers, int32_t number)
{
    int32_t *parent = numbers->parent;
    while (parent[number] != number) {
        parent[number] = parent[parent[number]]; /* halves the way for those that follow */
        number = parent[number];
    }
    return number;
}

/* The lower number becomes the root: it was given out earlier, so it is the one of the first pixel. */
static int32_t join(struct numbers *numbers, int32_t a, int32_t b)
{
    a = root_of(numbers, a);
    b = root_of(numbers, b);
    int32_t root = a < b ? a : b;
    numbers->parent[a < b ? b : a] = root;
    return root;
}

static fringe_status add_number(struct numbers *numbers, fringe_error *error)
{
    if (numbers->count == numbers->capacity) {
        int64_t capacity = 2 * (int64_t)numbers->capacity + 1024;
        if (capacity > INT32_MAX) capacity = INT32_MAX; /* as many as a plane has pixels */
        int32_t *grown = alloc_resize(numbers->parent, (size_t)capacity, sizeof *grown);
        if (!grown) return failure_memory(error, "components", (size_t)capacity * sizeof *grown);
        numbers->parent = grown;
        numbers->capacity = (int32_t)capacity;
    }
    numbers->parent[numbers->count] = numbers->count;
    numbers->count++;
    return FRINGE_OK;
}

/* A number for every pixel of row y, from its neighbours to the left and above. */
static fringe_status number_row(const int32_t *values, int32_t y, int32_t width_px, int connectivity,
                                int32_t *labels, struct numbers *numbers, fringe_error *error)
{
    const int32_t *here = values + (size_t)y * (size_t)width_px, *above = here - width_px;
    int32_t *row = labels + (size_t)y * (size_t)width_px;
    const int32_t *row_above = row - width_px;
    int32_t reach = connectivity == 8;
    for (int32_t x = 0; x < width_px; x++) {
        int32_t number = 0;
        row[x] = 0;
        if (here[x] == 0) continue;
        if (x > 0 && here[x - 1] == here[x]) number = row[x - 1];
        for (int32_t i = x - reach; y > 0 && i <= x + reach; i++)
            if (i >= 0 && i < width_px && above[i] == here[x])
                number = number ? join(numbers, number, row_above[i]) : row_above[i];
        if (number == 0) {
            number = numbers->count;
            fringe_status status = add_number(numbers, error);
            if (status) return status;
        }
        row[x] = number;
    }
    return FRINGE_OK;
}

static void extend(struct component *component, int32_t value, int32_t x, int32_t y)
{
    if (component->pixel_count++ == 0)
        *component = (struct component){.value = value, .x0 = x, .y0 = y, .pixel_count = 1};
    if (x < component->x0) component->x0 = x;
    if (x >= component->x1) component->x1 = x + 1;
    component->y1 = y + 1;
}

/* Turns provisional numbers into final ones and counts. */
static void number_finally(const int32_t *values, int32_t height_px, int32_t width_px, const int32_t *final,
                           int32_t *labels, struct component_list *list)
{
    for (int32_t y = 0; y < height_px; y++)
        for (int32_t x = 0; x < width_px; x++) {
            size_t at = (size_t)y * (size_t)width_px + (size_t)x;
            labels[at] = final[labels[at]];
            if (labels[at]) extend(&list->items[labels[at] - 1], values[at], x, y);
        }
}

static fringe_status list_pixels(const int32_t *labels, int32_t pixels, struct component_list *list,
                                 fringe_error *error)
{
    size_t total = 0;
    for (int32_t k = 0; k < list->count; k++) total += (size_t)list->items[k].pixel_count;
    int32_t **ends = alloc_array((size_t)list->count, sizeof *ends);
    list->pixels = alloc_array(total, sizeof *list->pixels);
    if (!ends || !list->pixels) {
        alloc_free(ends);
        return failure_memory(error, "components", total * sizeof *list->pixels);
    }
    int32_t *end = list->pixels;
    for (int32_t k = 0; k < list->count; k++) {
        list->items[k].pixels = ends[k] = end;
        end += list->items[k].pixel_count;
    }
    for (int32_t at = 0; at < pixels; at++)
        if (labels[at]) *ends[labels[at] - 1]++ = at;
    alloc_free(ends);
    return FRINGE_OK;
}

void component_list_free(struct component_list *list)
{
    alloc_free(list->items);
    alloc_free(list->pixels);
    *list = (struct component_list){0};
}

fringe_status component_find(const int32_t *values, int32_t height_px, int32_t width_px, int connectivity,
                             int32_t *labels, struct component_list *list, fringe_error *error)
{
    struct numbers numbers = {0};
    int32_t *final = NULL, count = 0;
    *list = (struct component_list){0};
    fringe_status status = add_number(&numbers, error); /* the background's */
    for (int32_t y = 0; y < height_px && !status; y++)
        status = number_row(values, y, width_px, connectivity, labels, &numbers, error);
    if (status) goto done;

    final = alloc_array((size_t)numbers.count, sizeof *final);
    if (!final) {
        status = failure_memory(error, "components", (size_t)numbers.count * sizeof *final);
        goto done;
    }
    /* Roots in rising order are the components in the order of their first pixels. */
    for (int32_t k = 1; k < numbers.count; k++) {
        int32_t root = root_of(&numbers, k);
        final[k] = root == k ? ++count : final[root];
    }
    list->items = alloc_array((size_t)count, sizeof *list->items);
    if (!list->items) {
        status = failure_memory(error, "components", (size_t)count * sizeof *list->items);
        goto done;
    }
    list->count = count;
    number_finally(values, height_px, width_px, final, labels, list);
    status = list_pixels(labels, height_px * width_px, list, error);
done:
    if (status) component_list_free(list);
    alloc_free(final);
    alloc_free(numbers.parent);
    return status;
}

/* What a hole is filled with: the one value around it; 0 where there are several, or where it is none. */
static void look_around(const int32_t *values, int32_t height_px, int32_t width_px, const int32_t *labels,
                        const struct component_list *background, int32_t *fillings)
{
    enum { UNKNOWN = -1 };
    for (int32_t k = 0; k < background->count; k++) {
        const struct component *b = &background->items[k];
        int cut = b->x0 == 0 || b->y0 == 0 || b->x1 == width_px || b->y1 == height_px;
        fillings[k] = cut ? 0 : UNKNOWN;
    }
    for (int32_t y = 1; y + 1 < height_px; y++)
        for (int32_t x = 1; x + 1 < width_px; x++) {
            size_t at = (size_t)y * (size_t)width_px + (size_t)x, width = (size_t)width_px;
            const int32_t beside[] = {values[at - 1], values[at + 1], values[at - width], values[at + width]};
            int32_t *filling = labels[at] ? &fillings[labels[at] - 1] : NULL;
            for (int i = 0; filling && i < 4; i++) {
                if (beside[i] == 0 || *filling == 0) continue;
                *filling = *filling == UNKNOWN || *filling == beside[i] ? beside[i] : 0;
            }
        }
}

fringe_status component_fill_holes(int32_t *values, int32_t height_px, int32_t width_px, int connectivity,
                                   fringe_error *error)
{
    size_t pixels = (size_t)height_px * (size_t)width_px;
    int32_t *inverse = alloc_array(pixels, sizeof *inverse), *labels = alloc_array(pixels, sizeof *labels);
    int32_t *fillings = NULL;
    struct component_list background = {0};
    fringe_status status =
        inverse && labels ? FRINGE_OK : failure_memory(error, "holes", 2 * pixels * sizeof *labels);
    for (size_t i = 0; i < pixels && !status; i++) inverse[i] = values[i] == 0;
    if (!status)
        status = component_find(inverse, height_px, width_px, connectivity == 8 ? 4 : 8, labels, &background,
                                error);
    if (!status && !(fillings = alloc_array((size_t)background.count, sizeof *fillings)))
        status = failure_memory(error, "holes", (size_t)background.count * sizeof *fillings);
    if (!status) {
        look_around(values, height_px, width_px, labels, &background, fillings);
        for (size_t i = 0; i < pixels; i++)
            if (labels[i]) values[i] = fillings[labels[i] - 1];
    }
    alloc_free(fillings);
    component_list_free(&background);
    alloc_free(labels);
    alloc_free(inverse);
    return status;
}

void component_select(int32_t *labels, struct component_list *list, const uint8_t *keep)
{
    int32_t kept = 0;
    for (int32_t k = 0; k < list->count; k++) {
        const struct component component = list->items[k];
        int32_t number = 0;
        if (keep[k]) {
            list->items[kept] = component;
            number = ++kept;
        }
        for (int32_t i = 0; i < component.pixel_count; i++) labels[component.pixels[i]] = number;
    }
    list->count = kept;
}
