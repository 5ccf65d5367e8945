/* baseline_groups.c - groups of pixels from histograms of their values. */
#include <math.h>
#include <string.h>

#include "image/plane_statistics.h"
#include "segment/baseline_parts.h"

enum { MOST_ROUNDS = 100 };

fringe_status baseline_scale_values(const float *values, size_t count, const fringe_run *run,
                                    struct baseline_scale *scale, fringe_error *error)
{
    static const double percents[2] = {0.1, 99.9};
    double ends[2];
    fringe_status status = plane_statistics_percentiles(values, count, percents, 2, ends, run, error);
    if (!status) *scale = (struct baseline_scale){ends[0], (ends[1] - ends[0]) / BASELINE_BINS};
    return status;
}

int baseline_bin(const struct baseline_scale *scale, float value)
{
    double bin = ((double)value - scale->least) / scale->width;
    return bin < BASELINE_BINS ? (bin > 0 ? (int)bin : 0) : BASELINE_BINS - 1;
}

/* What bins begin to end - 1 add to the variance between groups, but for a constant. */
static double between(const double *weight, const double *moment, int begin, int end)
{
    double w = weight[end] - weight[begin], m = moment[end] - moment[begin];
    return w > 0 ? m * m / w : 0;
}

void baseline_otsu(const int64_t counts[BASELINE_BINS], int group_count, int ends[BASELINE_MOST_GROUPS])
{
    /* Sums over the bins before; best[k][b]: of the first b bins in k + 1 groups, the last from cut[k][b]. */
    double weight[BASELINE_BINS + 1] = {0}, moment[BASELINE_BINS + 1] = {0};
    double best[BASELINE_MOST_GROUPS][BASELINE_BINS + 1];
    int cut[BASELINE_MOST_GROUPS][BASELINE_BINS + 1];
    for (int b = 0; b < BASELINE_BINS; b++) {
        weight[b + 1] = weight[b] + (double)counts[b];
        moment[b + 1] = moment[b] + (double)counts[b] * b;
    }
    for (int b = 0; b <= BASELINE_BINS; b++) best[0][b] = between(weight, moment, 0, b);
    for (int k = 1; k < group_count; k++)
        for (int b = 0; b <= BASELINE_BINS; b++) {
            best[k][b] = -1;
            for (int c = 0; c <= b; c++) {
                double sum = best[k - 1][c] + between(weight, moment, c, b);
                if (!(sum > best[k][b])) continue;
                best[k][b] = sum;
                cut[k][b] = c;
            }
        }
    ends[group_count - 1] = BASELINE_BINS;
    for (int k = group_count - 1; k > 0; k--) ends[k - 1] = cut[k][ends[k]];
}

/* Pixels of one class in the bins before each. */
typedef int64_t cumulative[BASELINE_BINS + 1];

static double mean_iou(const cumulative *below, int group_count, const int *order, const int *ends)
{
    double sum = 0;
    for (int k = 0; k < group_count; k++) {
        int begin = k ? ends[k - 1] : 0;
        int64_t both = below[order[k]][ends[k]] - below[order[k]][begin], found = 0;
        for (int c = 0; c < group_count; c++) found += below[c][ends[k]] - below[c][begin];
        int64_t either = found + below[order[k]][BASELINE_BINS] - both;
        sum += either ? (double)both / (double)either : 1;
    }
    return sum / group_count;
}

void baseline_fit_thresholds(int64_t counts[BASELINE_MOST_GROUPS][BASELINE_BINS], int group_count,
                             const int order[BASELINE_MOST_GROUPS], int ends[BASELINE_MOST_GROUPS])
{
    cumulative below[BASELINE_MOST_GROUPS] = {{0}};
    int64_t all[BASELINE_BINS] = {0};
    for (int c = 0; c < group_count; c++)
        for (int b = 0; b < BASELINE_BINS; b++) {
            all[b] += counts[c][b];
            below[c][b + 1] = below[c][b] + counts[c][b];
        }
    baseline_otsu(all, group_count, ends);
    double best = mean_iou(below, group_count, order, ends);
    int moved = 1;
    for (int round = 0; moved && round < MOST_ROUNDS; round++) {
        moved = 0;
        for (int k = 0; k + 1 < group_count; k++) {
            int kept = ends[k], lowest = k ? ends[k - 1] : 0, highest = ends[k + 1];
            for (int end = lowest; end <= highest; end++) {
                ends[k] = end;
                double score = mean_iou(below, group_count, order, ends);
                if (!(score > best)) continue;
                best = score;
                kept = end;
                moved = 1;
            }
            ends[k] = kept;
        }
    }
}

struct centre {
    double row, column, weight;
};

/* Centres at the middles of equal parts of the pixels, counted along the rows. */
static void first_centres(const int32_t *counts, int rows, int columns, int group_count,
                          struct centre *centres)
{
    double all = 0, passed = 0;
    int k = 0;
    for (int i = 0; i < rows * columns; i++) all += counts[i];
    for (int i = 0; i < rows * columns && k < group_count; i++)
        for (passed += counts[i]; k < group_count && passed > (k + 0.5) / group_count * all; k++)
            centres[k] = (struct centre){.row = i / columns, .column = columns > 1 ? i / columns : 0};
}

static uint8_t nearest(const struct centre *centres, int group_count, int row, int column)
{
    double least = INFINITY;
    int best = 0;
    for (int k = 0; k < group_count; k++) {
        double down = row - centres[k].row, across = column - centres[k].column;
        double square = down * down + across * across;
        if (square < least) least = square, best = k;
    }
    return (uint8_t)best;
}

/* Moves every centre to the mean of its bins; an empty group stays where it is. */
static void move_centres(const int32_t *counts, const uint8_t *groups, int rows, int columns, int group_count,
                         struct centre *centres)
{
    struct centre sums[BASELINE_MOST_GROUPS] = {{0}};
    for (int i = 0; i < rows * columns; i++) {
        struct centre *sum = &sums[groups[i]];
        sum->row += (double)counts[i] * (i / columns);
        sum->column += (double)counts[i] * (i % columns);
        sum->weight += counts[i];
    }
    for (int k = 0; k < group_count; k++)
        if (sums[k].weight > 0)
            centres[k] = (struct centre){sums[k].row / sums[k].weight, sums[k].column / sums[k].weight, 0};
}

void baseline_kmeans(const int32_t *counts, int rows, int columns, int group_count, uint8_t *groups)
{
    struct centre centres[BASELINE_MOST_GROUPS] = {{0}};
    uint8_t rank[BASELINE_MOST_GROUPS] = {0};
    int changed = 1;
    first_centres(counts, rows, columns, group_count, centres);
    memset(groups, 0, (size_t)rows * (size_t)columns);
    for (int round = 0; changed && round < MOST_ROUNDS; round++) {
        changed = 0;
        for (int i = 0; i < rows * columns; i++) {
            uint8_t group = nearest(centres, group_count, i / columns, i % columns);
            changed |= group != groups[i] && counts[i] > 0;
            groups[i] = group;
        }
        move_centres(counts, groups, rows, columns, group_count, centres);
    }
    for (int k = 0; k < group_count; k++)
        for (int other = 0; other < group_count; other++)
            rank[k] +=
                centres[other].row < centres[k].row || (centres[other].row == centres[k].row && other < k);
    for (int i = 0; i < rows * columns; i++) groups[i] = rank[groups[i]];
}
