#include "stats/confusion.h"

#include "base/alloc.h"
#include "base/failure.h"

fringe_status confusion_create(int class_count, struct confusion *confusion, fringe_error *error)
{
    *confusion = (struct confusion){0};
    if (class_count < 1 || class_count > CONFUSION_MOST_CLASSES)
        return failure_set(error, FRINGE_ARGUMENT, "%d classes are not 1 to %d", class_count,
                           CONFUSION_MOST_CLASSES);
    size_t cells = (size_t)class_count * (size_t)class_count;
    confusion->counts = alloc_array(cells, sizeof *confusion->counts);
    if (!confusion->counts)
        return failure_memory(error, "confusion table", cells * sizeof *confusion->counts);
    confusion->class_count = class_count;
    return FRINGE_OK;
}

void confusion_clear(struct confusion *confusion)
{
    alloc_free(confusion->counts);
    *confusion = (struct confusion){0};
}

fringe_status confusion_add(struct confusion *confusion, const uint8_t *truth, const uint8_t *predicted,
                            size_t pixel_count, int unlabelled, fringe_error *error)
{
    for (size_t i = 0; i < pixel_count; i++) {
        int t = truth[i], p = predicted[i];
        if (t == unlabelled) continue;
        if (t >= confusion->class_count || p >= confusion->class_count)
            return failure_set(error, FRINGE_ARGUMENT,
                               "pixel %llu: labels %d (truth) and %d (predicted) of %d classes",
                               (unsigned long long)i, t, p, confusion->class_count);
        confusion->counts[t * confusion->class_count + p]++;
    }
    return FRINGE_OK;
}

/* Pixels of a class in both planes, in truth, as predicted. */
struct extent {
    double both, truth, predicted;
};

static struct extent extent_of(const struct confusion *confusion, int class_index)
{
    int n = confusion->class_count;
    struct extent e = {.both = (double)confusion->counts[class_index * n + class_index]};
    for (int other = 0; other < n; other++) {
        e.truth += (double)confusion->counts[class_index * n + other];
        e.predicted += (double)confusion->counts[other * n + class_index];
    }
    return e;
}

double confusion_dice(const struct confusion *confusion, int class_index)
{
    struct extent e = extent_of(confusion, class_index);
    double sum = e.truth + e.predicted;
    return sum > 0 ? 2 * e.both / sum : 1;
}

double confusion_iou(const struct confusion *confusion, int class_index)
{
    struct extent e = extent_of(confusion, class_index);
    double either = e.truth + e.predicted - e.both;
    return either > 0 ? e.both / either : 1;
}

double confusion_precision(const struct confusion *confusion, int class_index)
{
    struct extent e = extent_of(confusion, class_index);
    return e.predicted > 0 ? e.both / e.predicted : e.truth == 0;
}

double confusion_recall(const struct confusion *confusion, int class_index)
{
    struct extent e = extent_of(confusion, class_index);
    return e.truth > 0 ? e.both / e.truth : e.predicted == 0;
}

int confusion_has(const struct confusion *confusion, int class_index)
{
    struct extent e = extent_of(confusion, class_index);
    return e.truth + e.predicted > 0;
}

static double count_all(const struct confusion *confusion)
{
    double all = 0;
    for (int i = 0; i < confusion->class_count * confusion->class_count; i++)
        all += (double)confusion->counts[i];
    return all;
}

double confusion_class_accuracy(const struct confusion *confusion, int class_index)
{
    struct extent e = extent_of(confusion, class_index);
    double all = count_all(confusion);
    return all > 0 ? (all - e.truth - e.predicted + 2 * e.both) / all : 1;
}

double confusion_mean_iou(const struct confusion *confusion)
{
    double sum = 0;
    int present = 0;
    for (int k = 0; k < confusion->class_count; k++) {
        if (!confusion_has(confusion, k)) continue;
        sum += confusion_iou(confusion, k);
        present++;
    }
    return present > 0 ? sum / present : 1;
}

double confusion_accuracy(const struct confusion *confusion)
{
    double agree = 0, all = count_all(confusion);
    for (int k = 0; k < confusion->class_count; k++)
        agree += (double)confusion->counts[k * confusion->class_count + k];
    return all > 0 ? agree / all : 1;
}
