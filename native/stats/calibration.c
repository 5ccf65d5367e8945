#include "stats/calibration.h"

#include <math.h>

void calibration_add(struct calibration *table, float confidence, int right)
{
    double sure = confidence > 0 ? (confidence < 1 ? (double)confidence : 1) : 0;
    int bin = (int)ceil(sure * CALIBRATION_BINS) - 1;
    if (bin < 0) bin = 0;
    table->count[bin]++;
    table->right[bin] += right != 0;
    table->confidence[bin] += sure;
}

void calibration_add_table(struct calibration *table, const struct calibration *other)
{
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        table->count[i] += other->count[i];
        table->right[i] += other->right[i];
        table->confidence[i] += other->confidence[i];
    }
}

double calibration_error(const struct calibration *table)
{
    double apart = 0, all = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        apart += fabs((double)table->right[i] - table->confidence[i]);
        all += (double)table->count[i];
    }
    return all > 0 ? apart / all : NAN;
}
