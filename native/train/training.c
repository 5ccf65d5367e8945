#include "train/training.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "stats/confusion.h"

enum { IDENTITY_BYTES = 256, NO_TRUTH = 255 };
static const double listener_ms = 1000, checkpoint_ms = 60000;

/* What a checkpoint holds beside the trainer: this and then the epochs. */
struct progress_record {
    char identity[IDENTITY_BYTES];
    double loss_sum; /* of the steps of the epoch under way */
    double best_score;
    int64_t epoch_count, best;
};

struct training {
    const struct training_plan *plan;
    const fringe_run *run;
    struct trainer *trainer;
    struct train_batch batch;
    struct progress_record record;
    struct training_epoch *epochs;
    char *model_path, *checkpoint_path;
    double begun_ms, told_ms, kept_ms; /* of this call; of the listener; of the checkpoint */
    int64_t begun_step;
    double told_sum; /* of losses since the listener was called */
    int64_t told_count;
};

/* ---- checkpoints ---- */

static fringe_status keep(struct training *t, fringe_error *error)
{
    size_t epochs = (size_t)t->record.epoch_count * sizeof *t->epochs, bytes = sizeof t->record + epochs;
    unsigned char *extra = alloc_array(bytes, 1);
    if (!extra) return failure_memory(error, "a checkpoint", bytes);
    memcpy(extra, &t->record, sizeof t->record);
    memcpy(extra + sizeof t->record, t->epochs, epochs);
    fringe_status status = trainer_checkpoint(t->trainer, t->checkpoint_path, extra, bytes, error);
    alloc_free(extra);
    t->kept_ms = clock_ms();
    return status;
}

/* Whether a training by this plan comes by such a record at the step where its trainer is. */
static int is_possible(const struct training *t, const struct progress_record *record)
{
    int64_t steps = trainer_steps_done(t->trainer), per_epoch = t->plan->steps_per_epoch;
    return record->epoch_count >= 0 && record->epoch_count <= t->plan->epochs && record->best >= 0 &&
           record->best <= (record->epoch_count > 0 ? record->epoch_count - 1 : 0) &&
           steps >= record->epoch_count * per_epoch && steps <= (record->epoch_count + 1) * per_epoch;
}

static fringe_status take_up(struct training *t, fringe_error *error)
{
    struct file_facts facts;
    unsigned char *extra = NULL;
    size_t bytes = 0;
    file_look(t->checkpoint_path, &facts);
    if (facts.kind == FILE_ABSENT) return FRINGE_OK;
    struct progress_record record;
    fringe_status status = trainer_restore(t->trainer, t->checkpoint_path, &extra, &bytes, error);
    if (status) return status;
    if (bytes >= sizeof record) memcpy(&record, extra, sizeof record);
    if (bytes >= sizeof record && memcmp(record.identity, t->record.identity, IDENTITY_BYTES) != 0)
        status = failure_set(error, FRINGE_MISMATCH, "%s: belongs to another recipe or other data",
                             t->checkpoint_path);
    else if (bytes < sizeof record || !is_possible(t, &record) ||
             bytes != sizeof record + (size_t)record.epoch_count * sizeof *t->epochs)
        status = failure_set(error, FRINGE_FORMAT, "%s: the checkpoint is damaged", t->checkpoint_path);
    if (!status) {
        t->record = record;
        memcpy(t->epochs, extra + sizeof record, bytes - sizeof record);
    }
    alloc_free(extra);
    return status;
}

/* ---- listener ---- */

static void tell(struct training *t, const float *image, const uint8_t *classes,
                 const struct train_batch *shown)
{
    const struct training_epoch *last =
        t->record.epoch_count > 0 ? &t->epochs[t->record.epoch_count - 1] : NULL;
    int64_t done = trainer_steps_done(t->trainer), total = t->plan->epochs * t->plan->steps_per_epoch;
    double now = clock_ms();
    fringe_train_progress progress = {
        .step = done,
        .step_count = total,
        .epoch = (int32_t)t->record.epoch_count,
        .loss = t->told_count > 0 ? t->told_sum / (double)t->told_count
                : last            ? last->loss
                                  : NAN,
        .validation_loss = last ? last->validation_loss : NAN,
        .score = last ? last->score : NAN,
        .best_score = t->record.best_score,
        .seconds_left = done > t->begun_step ? (now - t->begun_ms) / 1000 * (double)(total - done) /
                                                   (double)(done - t->begun_step)
                                             : NAN,
        .preview_image = image,
        .preview_classes = classes,
        .preview_height_px = shown ? shown->height_px : 0,
        .preview_width_px = shown ? shown->width_px : 0};
    if (t->plan->listener) t->plan->listener(t->plan->listener_user, &progress);
    t->told_ms = now;
    t->told_sum = 0;
    t->told_count = 0;
}

/* ---- validation ---- */

/* Predicted classes and true ones as bytes; the first class wins ties. */
static void find_classes(const struct train_batch *batch, const float *probabilities, int32_t classes,
                         uint8_t *predicted, uint8_t *truth)
{
    size_t pixels = (size_t)batch->height_px * (size_t)batch->width_px;
    for (size_t i = 0; i < pixels * (size_t)batch->count; i++) {
        const float *p = probabilities + i / pixels * pixels * (size_t)classes + i % pixels;
        int32_t best = 0;
        for (int32_t c = 1; c < classes; c++)
            if (p[(size_t)c * pixels] > p[(size_t)best * pixels]) best = c;
        predicted[i] = (uint8_t)best;
        truth[i] = batch->labels[i] < 0 ? NO_TRUTH : (uint8_t)batch->labels[i];
    }
}

static fringe_status validate_one(struct training *t, int64_t index, struct confusion *table, double *loss,
                                  fringe_error *error)
{
    const struct training_validation *v = &t->plan->validation;
    int32_t classes = t->plan->trainer.architecture.classes;
    struct train_batch batch = {0};
    float *probabilities = NULL;
    uint8_t *predicted = NULL, *truth = NULL;
    fringe_status status = v->open(v->context, index, trainer_stride_px(t->trainer), t->run, &batch, error);
    if (status) return status;
    size_t pixels = (size_t)batch.count * (size_t)batch.height_px * (size_t)batch.width_px;
    probabilities = alloc_aligned(pixels * (size_t)classes, sizeof *probabilities);
    predicted = alloc_array(pixels, 1);
    truth = alloc_array(pixels, 1);
    if (!probabilities || !predicted || !truth)
        status = failure_memory(error, "a validation image", pixels * (size_t)(4 * classes + 2));
    if (!status) status = trainer_predict(t->trainer, &batch, t->run, probabilities, loss, error);
    if (!status) {
        find_classes(&batch, probabilities, classes, predicted, truth);
        status = confusion_add(table, truth, predicted, pixels, NO_TRUTH, error);
    }
    if (!status && index == 0) tell(t, batch.images, predicted, &batch);
    alloc_free(probabilities);
    alloc_free(predicted);
    alloc_free(truth);
    train_batch_clear(&batch);
    return status;
}

static fringe_status validate(struct training *t, struct training_epoch *epoch, fringe_error *error)
{
    struct confusion table = {0};
    double sum = 0;
    epoch->validation_loss = epoch->score = NAN;
    if (t->plan->validation.count == 0) return FRINGE_OK;
    fringe_status status = confusion_create(t->plan->trainer.architecture.classes, &table, error);
    if (status) return status;
    for (int64_t i = 0; i < t->plan->validation.count && !status; i++) {
        double loss = 0;
        status = validate_one(t, i, &table, &loss, error);
        sum += loss;
    }
    if (!status) {
        epoch->validation_loss = sum / (double)t->plan->validation.count;
        epoch->score = confusion_mean_iou(&table);
    }
    confusion_clear(&table);
    return status;
}

/* ---- the loop ---- */

/* The state before the first step of an epoch's end is whole, so a validation that is cancelled is made
 * again. */
static fringe_status end_epoch(struct training *t, fringe_error *error)
{
    struct training_epoch *epoch = &t->epochs[t->record.epoch_count];
    fringe_status status = validate(t, epoch, error);
    if (status) return status;
    epoch->loss = t->record.loss_sum / (double)t->plan->steps_per_epoch;
    int better = t->record.epoch_count == 0 || isnan(epoch->score) || epoch->score > t->record.best_score;
    if (better) {
        status = trainer_export(t->trainer, t->model_path, error);
        if (status) return status;
        t->record.best_score = epoch->score;
        t->record.best = t->record.epoch_count;
    }
    t->record.epoch_count++;
    t->record.loss_sum = 0;
    tell(t, NULL, NULL, NULL);
    return keep(t, error);
}

static fringe_status one_step(struct training *t, int64_t step, fringe_error *error)
{
    double loss = 0;
    fringe_status status = t->plan->source.fill(t->plan->source.context, step, t->run, &t->batch, error);
    if (!status) status = trainer_step(t->trainer, &t->batch, t->run, &loss, error);
    /* Not before a step has shown that data and network fit: a slip in a recipe costs nobody a finished
     * network. */
    if (!status && step == t->begun_step && t->plan->replaced) status = file_remove(t->plan->replaced, error);
    if (status) return status;
    t->record.loss_sum += loss;
    t->told_sum += loss;
    t->told_count++;
    if (clock_ms() - t->told_ms >= listener_ms) tell(t, NULL, NULL, NULL);
    run_state_progress(t->run, step + 1, t->plan->epochs * t->plan->steps_per_epoch);
    return clock_ms() - t->kept_ms >= checkpoint_ms ? keep(t, error) : FRINGE_OK;
}

static int is_over(const struct training *t)
{
    int64_t without = t->record.epoch_count - 1 - t->record.best;
    return t->record.epoch_count >= t->plan->epochs ||
           (t->plan->patience > 0 && t->record.epoch_count > 0 && without >= t->plan->patience);
}

static fringe_status loop(struct training *t, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    while (!is_over(t) && !status) {
        int64_t end = (t->record.epoch_count + 1) * t->plan->steps_per_epoch;
        int64_t step = trainer_steps_done(t->trainer);
        status = step < end ? one_step(t, step, error) : end_epoch(t, error);
    }
    /* Nothing is lost by a cancel; what else went wrong is told in the first place. */
    if (status == FRINGE_CANCELLED && trainer_steps_done(t->trainer) > t->begun_step && keep(t, NULL))
        return failure_set(error, FRINGE_FILE, "%s: cancelled, and the checkpoint cannot be written",
                           t->checkpoint_path);
    return status;
}

fringe_status training_run(const struct training_plan *plan, int resume, struct training_curve *curve,
                           const fringe_run *run, fringe_error *error)
{
    struct training t = {.plan = plan, .record = {.best_score = NAN}};
    struct trainer_settings settings = plan->trainer;
    *curve = (struct training_curve){0};
    settings.total_steps = plan->epochs * plan->steps_per_epoch;
    if (strlen(plan->identity) >= IDENTITY_BYTES)
        return failure_set(error, FRINGE_ARGUMENT, "a training's identity has %zu bytes, at most %d",
                           strlen(plan->identity), IDENTITY_BYTES - 1);
    memcpy(t.record.identity, plan->identity, strlen(plan->identity));
    fringe_status status = run_state_enter(run, &t.run, error);
    if (status) return status;
    t.model_path = path_join(plan->directory, TRAINING_MODEL);
    t.checkpoint_path = path_join(plan->directory, TRAINING_CHECKPOINT);
    t.epochs = alloc_array((size_t)plan->epochs, sizeof *t.epochs);
    if (!t.model_path || !t.checkpoint_path || !t.epochs)
        status = failure_memory(error, "a training", (size_t)plan->epochs * sizeof *t.epochs);
    if (!status) status = trainer_create(&settings, &t.trainer, error);
    if (!status && resume) status = take_up(&t, error);
    t.batch = (struct train_batch){.count = plan->batch_count,
                                   .channels = plan->trainer.architecture.input_channels,
                                   .height_px = plan->side_px,
                                   .width_px = plan->side_px};
    if (!status) status = train_batch_allocate(&t.batch, error);
    if (!status) {
        t.begun_ms = t.told_ms = t.kept_ms = clock_ms();
        t.begun_step = trainer_steps_done(t.trainer);
        status = loop(&t, error);
    }
    if (!status) {
        *curve = (struct training_curve){t.epochs, t.record.epoch_count, t.record.best,
                                         trainer_stride_px(t.trainer)};
        t.epochs = NULL;
        run_state_progress(t.run, 1, 1);
    }
    train_batch_clear(&t.batch);
    trainer_free(t.trainer);
    alloc_free(t.epochs);
    alloc_free(t.model_path);
    alloc_free(t.checkpoint_path);
    run_state_leave(run, t.run);
    return status;
}

void training_curve_clear(struct training_curve *curve)
{
    alloc_free(curve->epochs);
    *curve = (struct training_curve){0};
}
