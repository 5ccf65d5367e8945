#include "train/optimiser.h"

#include <math.h>

#include "base/failure.h"
#include "base/run_state.h"
#include "train/adam_kernels.h"

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

fringe_status optimiser_settings_check(const struct optimiser_settings *s, fringe_error *error)
{
    const struct {
        const char *name;
        double value, low, high;
    } fields[] = {{"rate", s->rate, 0, 1e3},
                  {"beta1", s->beta1, 0, 0.9999999},
                  {"beta2", s->beta2, 0, 0.9999999},
                  {"epsilon", s->epsilon, 0, 1},
                  {"weight_decay", s->weight_decay, 0, 1e3},
                  {"clip_norm", s->clip_norm, 0, 1e9},
                  {"warm_up_steps", (double)s->warm_up_steps, 0, 1e12},
                  {"step_steps", (double)s->step_steps, 1, 1e12},
                  {"step_factor", s->step_factor, 0, 1},
                  {"average_decay", s->average_decay, 0, 0.9999999}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!(fields[i].value >= fields[i].low && fields[i].value <= fields[i].high))
            return failure_set(error, FRINGE_ARGUMENT, "optimiser: %s lies outside its range",
                               fields[i].name);
    return FRINGE_OK;
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

double optimiser_average_share(const struct optimiser_settings *settings, int64_t step)
{
    double early = (2 + (double)step) / (11 + (double)step);
    return 1 - (early < settings->average_decay ? early : settings->average_decay);
}

/* ---- one step ---- */

struct adam_work {
    const struct train_network *network;
    const float *gradient;
    float *moments;
    struct adam_step step;
    float keep; /* of the weights of convolutions */
};

static void update_layer(void *context, size_t index, int worker)
{
    const struct adam_work *work = context;
    const struct layer *layer = &work->network->graph.layers[index];
    size_t total = work->network->graph.parameter_count;
    struct adam_step step = work->step;
    (void)worker;
    if (layer->frozen) return;
    for (int part = 0; part < 2; part++) {
        size_t at = part == 0 ? layer->weights : layer->bias;
        step.keep = part == 0 && layer->kind == LAYER_CONV ? work->keep : 1;
        CPU_CHOOSE(adam)->update(&step, part == 0 ? layer->weight_count : layer->bias_count,
                                 work->gradient + at, work->moments + at, work->moments + total + at,
                                 work->network->parameters + at);
    }
}

static double gradient_norm(const struct train_network *network, const float *gradient)
{
    double sum = 0;
    for (int i = 0; i < network->graph.count; i++) {
        const struct layer *layer = &network->graph.layers[i];
        if (!layer->frozen)
            sum += CPU_CHOOSE(adam)->square_sum(layer->weight_count + layer->bias_count,
                                                gradient + layer->weights);
    }
    return sqrt(sum);
}

fringe_status optimiser_apply(const struct optimiser_settings *settings, int64_t step, int64_t total,
                              const struct train_network *network, const float *gradient, float *moments,
                              const fringe_run *run, fringe_error *error)
{
    double norm = gradient_norm(network, gradient), rate = optimiser_rate(settings, step, total);
    double clip = settings->clip_norm > 0 && norm > settings->clip_norm ? settings->clip_norm / norm : 1;
    if (!isfinite(norm))
        return failure_set(error, FRINGE_MODEL, "step %lld: the gradient is not finite any more",
                           (long long)step);
    struct adam_work work = {
        .network = network,
        .gradient = gradient,
        .moments = moments,
        .step = {.beta1 = (float)settings->beta1,
                 .beta2 = (float)settings->beta2,
                 .share1 = (float)(1 - settings->beta1),
                 .share2 = (float)(1 - settings->beta2),
                 .epsilon = (float)settings->epsilon,
                 .rate = (float)(rate / (1 - pow(settings->beta1, (double)(step + 1)))),
                 .second = (float)(1 / sqrt(1 - pow(settings->beta2, (double)(step + 1)))),
                 .gradient_scale = (float)clip},
        .keep = (float)(1 - rate * settings->weight_decay)};
    pool_run(run_state_pool(run), (size_t)network->graph.count, update_layer, &work, NULL, NULL);
    return FRINGE_OK;
}
