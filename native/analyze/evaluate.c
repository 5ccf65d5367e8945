#include "fringe/evaluate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analyze/evaluate_images.h"
#include "analyze/evaluate_method.h"
#include "analyze/evaluate_tally.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "io/label_read.h"
#include "stats/bootstrap.h"

enum { MOST_REPEATS = 1000000 };
#define TEXT_BYTES ((size_t)256 << 20)

static const char *const score_names[] = {
#define SCORE_NAME(symbol, name) name,
    FRINGE_SCORE_LIST(SCORE_NAME)
#undef SCORE_NAME
};

const char *fringe_score_name(fringe_score score)
{
    return score >= 0 && score < FRINGE_SCORE_COUNT ? score_names[score] : "unknown";
}

const char *fringe_evaluate_baseline_name(int index)
{
    return index >= 0 && index < BASELINE_COUNT ? baseline_name((enum baseline_method)index) : NULL;
}

const char *fringe_evaluate_baseline_purpose(int index)
{
    return index >= 0 && index < BASELINE_COUNT ? baseline_purpose((enum baseline_method)index) : NULL;
}

void fringe_evaluate_options_init(fringe_evaluate_options *options)
{
    *options = (fringe_evaluate_options){.ignore = -1, .repeats = 1000};
    fringe_segment_options_init(&options->segment);
}

/* An evaluation on its way. Tallies are (method, image). */
struct evaluation_job {
    const fringe_evaluate_options *options;
    const fringe_run *run;
    struct evaluate_images images;
    struct evaluate_labels labels;
    struct evaluate_method *methods;
    size_t method_count;
    struct evaluate_tally *tallies;
    fringe_segment_options segment;
};

static fringe_status check_options(const fringe_evaluate_options *options, fringe_error *error)
{
    if (options->model_count + options->baseline_count == 0)
        return failure_set(error, FRINGE_ARGUMENT, "neither a model nor a baseline is named");
    if (options->classes && (options->class_count < 2 || options->class_count > FRINGE_EVALUATE_MOST_CLASSES))
        return failure_set(error, FRINGE_ARGUMENT, "%zu classes are not 2 to %d", options->class_count,
                           FRINGE_EVALUATE_MOST_CLASSES);
    for (size_t k = 0; options->classes && k < options->class_count; k++) {
        if (options->classes[k] < 0 || options->classes[k] > 255)
            return failure_set(error, FRINGE_ARGUMENT, "the label value %ld of class %zu is not in 0 to 255",
                               (long)options->classes[k], k);
        for (size_t other = 0; other < k; other++)
            if (options->classes[other] == options->classes[k])
                return failure_set(error, FRINGE_ARGUMENT,
                                   "classes %zu and %zu have the same label value %ld", other, k,
                                   (long)options->classes[k]);
    }
    if (options->ignore < -1 || options->ignore > 255)
        return failure_set(error, FRINGE_ARGUMENT, "ignore: the label value %ld is not in 0 to 255",
                           (long)options->ignore);
    if (options->repeats < 1 || options->repeats > MOST_REPEATS)
        return failure_set(error, FRINGE_ARGUMENT, "%ld bootstrap repeats are not 1 to %d",
                           (long)options->repeats, MOST_REPEATS);
    return FRINGE_OK;
}

/* Networks first, then baselines. All must tell the same number of classes apart. */
static fringe_status load_methods(struct evaluation_job *job, int *class_count, fringe_error *error)
{
    const fringe_evaluate_options *options = job->options;
    fringe_status status = FRINGE_OK;
    *class_count = 0;
    job->methods = alloc_array(options->model_count + options->baseline_count, sizeof *job->methods);
    if (!job->methods) return failure_memory(error, "methods", sizeof *job->methods);
    for (size_t i = 0; i < options->baseline_count && !status; i++) {
        struct evaluate_method checked; /* a slip is told before a network is loaded */
        status = evaluate_method_find(options->baselines[i], &checked, error);
    }
    for (size_t i = 0; i < options->model_count && !status; i++) {
        int count;
        struct evaluate_method *method = &job->methods[job->method_count++];
        status = evaluate_method_load(options->models[i], job->run, method, &count, error);
        if (!status && *class_count && count != *class_count)
            status = failure_set(error, FRINGE_ARGUMENT,
                                 "%s tells %d classes apart, %s %d: evaluate them one by one", method->name,
                                 count, job->methods[0].name, *class_count);
        *class_count = count;
    }
    for (size_t i = 0; i < options->baseline_count && !status; i++)
        status = evaluate_method_find(options->baselines[i], &job->methods[job->method_count++], error);
    return status;
}

static fringe_status create_tallies(struct evaluation_job *job, fringe_error *error)
{
    size_t count = job->method_count * job->images.count;
    fringe_status status = FRINGE_OK;
    job->tallies = alloc_array(count, sizeof *job->tallies);
    if (!job->tallies) return failure_memory(error, "scores", count * sizeof *job->tallies);
    for (size_t i = 0; i < count && !status; i++)
        status = evaluate_tally_create(job->labels.class_count, &job->tallies[i], error);
    return status;
}

/* Every method on one slice. */
static fringe_status score_slice(struct evaluation_job *job, size_t image, fringe_micrograph *micrograph,
                                 struct evaluate_slice *slice, const struct evaluate_scene *scene,
                                 uint8_t *predicted, float *confidence, fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_status status = FRINGE_OK;
    fringe_micrograph_get_info(micrograph, &info);
    double slices = (double)job->images.count * info.slice_count;
    double done = (double)image * info.slice_count + scene->slice;
    for (size_t m = 0; m < job->method_count && !status; m++) {
        int has_confidence;
        run_state_span(job->run, (done + (double)m / (double)job->method_count) / slices,
                       (done + (double)(m + 1) / (double)job->method_count) / slices);
        status = evaluate_method_apply(&job->methods[m], scene, job->run, predicted, confidence,
                                       &has_confidence, error);
        slice->predicted = predicted;
        slice->confidence = has_confidence ? confidence : NULL;
        if (!status)
            status = evaluate_tally_add(&job->tallies[m * job->images.count + image], slice, job->run, error);
        if (!status) run_state_progress(job->run, 1, 1);
    }
    return status;
}

static fringe_status score_image(struct evaluation_job *job, size_t image, fringe_error *error)
{
    const struct evaluate_image *paths = &job->images.items[image];
    fringe_micrograph *micrograph = NULL, *labels = NULL;
    fringe_micrograph_info info;
    uint8_t *truth = NULL, *predicted = NULL;
    float *confidence = NULL;
    fringe_status status = fringe_micrograph_open(paths->path, job->run, &micrograph, error);
    if (status) goto done;
    fringe_micrograph_get_info(micrograph, &info);
    status = label_read_open(paths->label_path, info.height_px, info.width_px, info.slice_count, job->run,
                             &labels, error);
    if (status) goto done;
    size_t pixels = (size_t)info.height_px * (size_t)info.width_px;
    truth = alloc_array(pixels, 1);
    predicted = alloc_array(pixels, 1);
    confidence = alloc_array(pixels, sizeof *confidence);
    if (!truth || !predicted || !confidence) {
        status = failure_memory(error, paths->path, pixels * (2 + sizeof *confidence));
        goto done;
    }
    double given = job->segment.pixel_size_nm;
    struct evaluate_slice slice = {.truth = truth,
                                   .height_px = info.height_px,
                                   .width_px = info.width_px,
                                   .nm_per_px_x = given > 0 ? given : info.nm_per_px_x,
                                   .nm_per_px_y = given > 0 ? given : info.nm_per_px_y};
    struct evaluate_scene scene = {.micrograph = micrograph,
                                   .truth = truth,
                                   .class_count = job->labels.class_count,
                                   .options = &job->segment};
    for (; scene.slice < info.slice_count && !status; scene.slice++) {
        status = run_state_check(job->run, error);
        if (!status) status = label_read_slice(labels, scene.slice, truth, error);
        if (!status)
            status = evaluate_labels_apply(&job->labels, paths->label_path, truth, info.height_px,
                                           info.width_px, error);
        if (!status)
            status = score_slice(job, image, micrograph, &slice, &scene, predicted, confidence, error);
    }
done:
    alloc_free(truth);
    alloc_free(predicted);
    alloc_free(confidence);
    fringe_micrograph_free(labels);
    fringe_micrograph_free(micrograph);
    if (status && status != FRINGE_CANCELLED && error && !strstr(error->message, paths->path) &&
        !strstr(error->message, paths->label_path))
        failure_prefix(error, status, "%s: ", paths->path);
    return status;
}

/* ---- from tallies to rows ---- */

/* The tallies of one method, and room to pool them. */
struct method_tallies {
    const struct evaluate_tally *images;
    struct evaluate_tally *pooled;
    double *image_scores; /* (image, class or mean, score) */
    size_t value_count;   /* of an image: (class_count + 1) * FRINGE_SCORE_COUNT */
};

/* The scores of the drawn images pooled, then the means of their scores. */
static void summarise(const void *context, const uint32_t *draws, size_t image_count, double *values)
{
    const struct method_tallies *tallies = context;
    size_t count = tallies->value_count;
    evaluate_tally_empty(tallies->pooled);
    for (size_t i = 0; i < image_count; i++)
        evaluate_tally_add_all(tallies->pooled, &tallies->images[draws[i]]);
    evaluate_tally_scores(tallies->pooled, values);
    for (size_t v = 0; v < count; v++) {
        double sum = 0, given = 0;
        for (size_t i = 0; i < image_count; i++) {
            double value = tallies->image_scores[draws[i] * count + v];
            if (isnan(value)) continue;
            sum += value;
            given++;
        }
        values[count + v] = given > 0 ? sum / given : NAN;
    }
}

static void name_class(const struct evaluation_job *job, int index, char *name, size_t bytes)
{
    static const char *const mask_names[] = {"background", "foreground"};
    const struct evaluate_method *first = &job->methods[0];
    int count = job->labels.class_count;
    if (index == count)
        snprintf(name, bytes, "mean");
    else if (first->model && first->info.output_channels == count)
        snprintf(name, bytes, "%s", first->info.output_names[index]);
    else if (count == 2)
        snprintf(name, bytes, "%s", mask_names[index]);
    else
        snprintf(name, bytes, "%d", index);
}

/* The rows of one extent: `values`, and `low` and `high` where they are not NULL, are (class or mean, score).
 */
static fringe_status add_rows(const struct evaluation_job *job, fringe_evaluate_extent extent,
                              const char *method, const char *image, const double *values, const double *low,
                              const double *high, fringe_evaluation *evaluation, fringe_error *error)
{
    for (int k = 0; k <= job->labels.class_count; k++) {
        char class_name[64];
        fringe_evaluate_row *row = &evaluation->rows[evaluation->row_count++];
        name_class(job, k, class_name, sizeof class_name);
        *row = (fringe_evaluate_row){.extent = extent,
                                     .method = arena_text(evaluation->texts, method, strlen(method)),
                                     .image = arena_text(evaluation->texts, image, strlen(image)),
                                     .class_index = k < job->labels.class_count ? k : -1,
                                     .class_name =
                                         arena_text(evaluation->texts, class_name, strlen(class_name))};
        if (!row->method || !row->image || !row->class_name)
            return failure_memory(error, "names", strlen(method) + strlen(image));
        for (int m = 0; m < FRINGE_SCORE_COUNT; m++) {
            row->values[m] = values[k * FRINGE_SCORE_COUNT + m];
            row->low[m] = low ? low[k * FRINGE_SCORE_COUNT + m] : NAN;
            row->high[m] = high ? high[k * FRINGE_SCORE_COUNT + m] : NAN;
        }
    }
    return FRINGE_OK;
}

static fringe_status add_method(const struct evaluation_job *job, size_t method,
                                fringe_evaluation *evaluation, fringe_error *error)
{
    size_t images = job->images.count, count = (size_t)(job->labels.class_count + 1) * FRINGE_SCORE_COUNT;
    struct evaluate_tally pooled;
    const char *name = job->methods[method].name;
    double *scores = alloc_array(images * count, sizeof *scores), *all = alloc_array(6 * count, sizeof *all);
    uint32_t *every = alloc_array(images, sizeof *every);
    struct method_tallies tallies = {&job->tallies[method * images], &pooled, scores, count};
    fringe_status status = evaluate_tally_create(job->labels.class_count, &pooled, error);
    if (status) goto done;
    if (!scores || !all || !every) {
        status = failure_memory(error, "scores", (images + 6) * count * sizeof *scores);
        goto done;
    }
    double *low = all + 2 * count, *high = all + 4 * count; /* pooled, mean in each */
    for (size_t i = 0; i < images; i++) {
        every[i] = (uint32_t)i;
        evaluate_tally_scores(&tallies.images[i], scores + i * count);
    }
    summarise(&tallies, every, images, all);
    status = bootstrap_interval(summarise, &tallies, images, 2 * count, job->options->repeats,
                                job->options->seed, low, high, error);
    for (size_t i = 0; i < images && !status; i++)
        status = add_rows(job, FRINGE_EVALUATE_IMAGE, name, job->images.items[i].path, scores + i * count,
                          NULL, NULL, evaluation, error);
    if (!status) status = add_rows(job, FRINGE_EVALUATE_POOLED, name, "", all, low, high, evaluation, error);
    if (!status)
        status = add_rows(job, FRINGE_EVALUATE_MEAN, name, "", all + count, low + count, high + count,
                          evaluation, error);
done:
    evaluate_tally_clear(&pooled);
    alloc_free(scores);
    alloc_free(all);
    alloc_free(every);
    return status;
}

static fringe_status make_rows(const struct evaluation_job *job, fringe_evaluation *evaluation,
                               fringe_error *error)
{
    size_t rows = job->method_count * (job->images.count + 2) * (size_t)(job->labels.class_count + 1);
    fringe_status status = FRINGE_OK;
    evaluation->image_count = job->images.count;
    evaluation->class_count = (size_t)job->labels.class_count;
    evaluation->texts = arena_create(TEXT_BYTES);
    evaluation->rows = alloc_array(rows, sizeof *evaluation->rows);
    if (!evaluation->texts || !evaluation->rows)
        return failure_memory(error, "the table of scores", rows * sizeof *evaluation->rows);
    for (size_t m = 0; m < job->method_count && !status; m++) status = add_method(job, m, evaluation, error);
    return status;
}

static void clear_job(struct evaluation_job *job)
{
    for (size_t i = 0; job->tallies && i < job->method_count * job->images.count; i++)
        evaluate_tally_clear(&job->tallies[i]);
    alloc_free(job->tallies);
    for (size_t i = 0; i < job->method_count; i++) evaluate_method_clear(&job->methods[i]);
    alloc_free(job->methods);
    evaluate_images_free(&job->images);
}

static fringe_status run_job(struct evaluation_job *job, const char *const *paths, size_t path_count,
                             fringe_evaluation *evaluation, fringe_error *error)
{
    int class_count;
    fringe_status status = check_options(job->options, error);
    if (!status)
        status = evaluate_images_collect(paths, path_count, job->options, job->run, &job->images, error);
    if (!status) status = load_methods(job, &class_count, error);
    if (!status)
        status =
            evaluate_labels_decide(job->options, &job->images, class_count, job->run, &job->labels, error);
    if (!status) status = create_tallies(job, error);
    if (!status) run_state_progress(job->run, 0, 1);
    for (size_t i = 0; i < job->images.count && !status; i++) status = score_image(job, i, error);
    if (!status) status = make_rows(job, evaluation, error);
    return status;
}

fringe_status fringe_evaluate(const char *const *paths, size_t path_count,
                              const fringe_evaluate_options *options, const fringe_run *run,
                              fringe_evaluation *evaluation, fringe_error *error)
{
    struct evaluation_job job = {.options = options, .segment = options->segment};
    *evaluation = (fringe_evaluation){0};
    job.segment.labels_only = 0; /* calibration needs the probabilities */
    fringe_status status = run_state_enter(run, &job.run, error);
    if (status) return status;
    status = run_job(&job, paths, path_count, evaluation, error);
    run_state_span(job.run, 0, 1);
    clear_job(&job);
    run_state_leave(run, job.run);
    if (status) fringe_evaluation_free(evaluation);
    return status;
}

void fringe_evaluation_free(fringe_evaluation *evaluation)
{
    alloc_free(evaluation->rows);
    arena_free(evaluation->texts);
    *evaluation = (fringe_evaluation){0};
}
