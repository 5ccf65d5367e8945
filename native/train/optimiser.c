#include "train/optimiser.h"

#include <math.h>

void optimiser_settings_init(struct optimiser_settings *settings)
{
    *settings = (struct optimiser_settings){.rate = 1e-3,
                                            .beta1 = 0.9,
                                            .beta2 = 0.999,
                                            .epsilon = 1e-8,
                                            .schedule = SCHEDULE_COSINE,
                                            .step_steps = 1,
                                            .step_factor = 1};
}

double optimiser_rate(const struct optimiser_settings *settings, int64_t step, int64_t total)
{
    static const double pi = 3.14159265358979323846;
    int64_t warm_up = settings->warm_up_steps;
    if (step < warm_up) return settings->rate * (double)(step + 1) / (double)warm_up;
    switch (settings->schedule) {
    case SCHEDULE_COSINE:
        if (step >= total) return 0;
        return settings->rate * 0.5 * (1 + cos(pi * (double)(step - warm_up) / (double)(total - warm_up)));
    case SCHEDULE_STEP:
        return settings->rate * pow(settings->step_factor, (double)((step - warm_up) / settings->step_steps));
    case SCHEDULE_CONSTANT:
        break;
    }
    return settings->rate;
}
